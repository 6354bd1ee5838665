import type { Conversation, SendTried, Sent } from '../facts/conversation.ts';
import type { Report } from '../findings.ts';
import type { MakeRule } from './rule.ts';

/** The same id gets the same answer, however often it is sent, and the answer says where the message is. */
export const ackMismatch: MakeRule = (facts, report) => ({
  end() {
    for (const conversation of facts.conversations.values())
      for (const sent of conversation.sent.values()) judge(conversation, sent, report);
  },
});

function judge(conversation: Conversation, { id, attempts }: Sent, report: Report) {
  const acked = attempts.filter(({ end }) => end?.type === 'ok');
  const what = `${conversation.id}: the message ${id}`;
  const lines = attempts.flatMap(({ line, end }) => [line, ...(end ? [end.line] : [])]);
  const seqs = [...new Set(acked.map(({ end }) => end?.seq))];
  if (seqs.length > 1) return report('ack-mismatch', `${what} was acknowledged at ${seqs.join(' and at ')}.`, lines);
  const known = acked.filter((attempt) => !mayBeDeleted(conversation, attempt));
  const contents = new Set(known.map(({ body, replyTo }) => `${body} ${replyTo}`));
  if (contents.size > 1) return report('ack-mismatch', `${what} was acknowledged with two contents.`, lines);
  const all = new Set(attempts.map(({ body, replyTo }) => `${body} ${replyTo}`));
  if (all.size === 1 && attempts.some(({ end }) => end?.code === 'conflict'))
    return report('ack-mismatch', `${what} was refused as another one, with the same content.`, lines);
  const [seq] = seqs;
  const places = conversation.places.get(id);
  if (seq === undefined) return;
  const other = conversation.messages.get(seq);
  if (other && other.message.id !== id)
    report('ack-mismatch', `${what} was acknowledged at ${seq}, where ${other.message.id} is.`, [...lines, other.line]);
  else if (places && !places.has(seq))
    report('ack-mismatch', `${what} was acknowledged at ${seq}, and is at ${[...places.keys()]}.`, [
      ...lines,
      ...places.values(),
    ]);
}

/** Whether its message may have been deleted by the time of the answer. Then nobody knows its content any more, and every one counts as the same. */
function mayBeDeleted({ revisions }: Conversation, { recorder, end }: SendTried): boolean {
  return (revisions.get(end?.seq ?? 0) ?? []).some(
    (revision) =>
      revision.f === 'delete' &&
      revision.end?.type !== 'fail' &&
      (revision.recorder !== recorder || revision.line < (end?.line ?? 0)),
  );
}

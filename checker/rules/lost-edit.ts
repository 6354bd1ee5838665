import type { Conversation, Final, Revision, Seen } from '../facts/conversation.ts';
import type { Report } from '../findings.ts';
import type { MakeRule } from './rule.ts';

/** What was done to a message must be in the final histories, and all of them must have the same state of it. */
export const lostEdit: MakeRule = (facts, report) => ({
  end() {
    for (const conversation of facts.conversations.values())
      for (const [seq, seen] of conversation.messages) {
        const finals = conversation.finals.filter(({ messages }) => messages.has(seq));
        const newest = Math.max(...finals.map(({ messages }) => messages.get(seq) ?? 0));
        const [final] = finals;
        if (!final) continue;
        judgeEqual(conversation, seq, finals, newest, report);
        judgeMessage(conversation, seq, { seen, newest, final }, report);
      }
  },
});

function judgeEqual(
  { id, revisions, messages }: Conversation,
  seq: number,
  finals: Final[],
  newest: number,
  report: Report,
): void {
  // A change that nobody acknowledged may have come after somebody had read everything.
  const acked = (revisions.get(seq) ?? []).find(({ end }) => end?.type === 'ok' && end.seq === newest)?.end?.line;
  const known = acked ?? messages.get(seq)?.versions.get(newest)?.line ?? 0;
  const [older] = finals.filter((final) => final.messages.get(seq) !== newest && known < final.asked);
  const newer = finals.find(({ messages }) => messages.get(seq) === newest);
  if (older && newer)
    report(
      'divergence',
      `${id} ${seq} is in another state in the final history of ${newer.user} than in that of ${older.user}.`,
      [newer.line, older.line],
    );
}

function judgeMessage(
  conversation: Conversation,
  seq: number,
  { seen, newest, final }: { seen: Seen; newest: number; final: Final },
  report: Report,
) {
  const what = `${conversation.id} ${seq}`;
  const seenUpTo = Math.max(...seen.versions.keys());
  if (seenUpTo > newest) {
    const lines = [seen.versions.get(seenUpTo)?.line ?? 0, final.line];
    return report(
      'lost-edit',
      `${what} was seen as changed at ${seenUpTo}, and its final state is that of ${newest}.`,
      lines,
    );
  }
  const revisions = conversation.revisions.get(seq) ?? [];
  const acked = revisions.filter(({ end }) => end?.type === 'ok');
  const last = acked.reduce<Revision | undefined>((a, b) => (ackedSeq(b) >= ackedSeq(a) ? b : a), undefined);
  const version = seen.versions.get(newest);
  if (!last || !version) return;
  const { message } = version;
  const lines = [last.line, last.end?.line ?? 0, final.line, version.line];
  const deletion = acked.find(({ f }) => f === 'delete');
  if (deletion && !message.deleted) return report('lost-edit', `${what} was deleted, and is there in the end.`, lines);
  if (ackedSeq(last) > newest)
    return report(
      'lost-edit',
      `${what} was changed at ${ackedSeq(last)}, and its final state is that of ${newest}.`,
      lines,
    );
  // Edits without a known outcome may come last at any time.
  const open = revisions.filter(({ end }) => end === undefined || end.type === 'info');
  if (message.deleted || open.some(({ body }) => body === message.body) || message.body === last.body) return;
  report('lost-edit', `${what} has another text in the end than its last edit.`, lines);
}

function ackedSeq(revision: Revision | undefined): number {
  return revision?.end?.seq ?? -1;
}

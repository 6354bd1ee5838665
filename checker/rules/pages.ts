import type { Conversation } from '../facts/conversation.ts';
import { messagesIn } from '../facts/messages-in.ts';
import type { Event, Invoke, Message, Place } from '../history.ts';
import type { MakeRule } from './rule.ts';

type Page = Extract<Event, { f: 'history'; type: 'ok' }>;

/** A page that lacked a message which was known when it was asked for. */
interface Suspect {
  readonly conversation: Conversation;
  readonly seq: number;
  readonly event: Page;
}

/**
 * What is read must have what was known when it was asked for: messages, and their newest states. Final histories are left to `lost.ts`
 * and `lost-edit.ts`.
 */
export const pages: MakeRule = (facts, report) => {
  const suspects: Suspect[] = [];

  function judgePage(event: Page, asked: Invoke & Place): void {
    if (asked.f !== 'history') return;
    const conversation = facts.conversation(event.conversation ?? '');
    const present = new Set(event.value.messages.map(({ seq }) => seq));
    const [first, last] = rangeOf(event, asked.value);
    for (const seq of conversation.between(first, last))
      if (!present.has(seq) && conversation.knownSince(seq, event.recorder) < asked.line)
        suspects.push({ conversation, seq, event });
  }

  function judgeState(event: Event, asked: Place, { id, revisions, messages }: Conversation, message: Message) {
    const { seq, updated = 0 } = message;
    const { recorder, user, line } = event;
    const own = (revisions.get(seq) ?? []).find(
      (revision) =>
        revision.recorder === recorder &&
        revision.end?.type === 'ok' &&
        revision.end.line < asked.line &&
        (revision.end.seq ?? 0) > updated,
    );
    if (own) {
      const rule = own.user === user ? 'read-your-writes' : 'stale-read';
      const lines = [own.line, own.end?.line ?? 0, asked.line, line];
      return report(rule, `${id} ${seq} was shown to ${user} without the change at ${own.end?.seq}.`, lines);
    }
    const known = messages.get(seq)?.newest.get(recorder)?.before(asked.line);
    if (known && known.value > updated)
      report('stale-read', `${id} ${seq} was shown to ${user} without the change at ${known.value}.`, [
        known.line,
        asked.line,
        line,
      ]);
  }

  return {
    step({ event, asked }) {
      if (!asked || event.type !== 'ok' || facts.isFinal(event.recorder, asked.line)) return;
      if (event.f === 'history') judgePage(event, asked);
      else if (event.f !== 'sync') return;
      for (const { conversation: id, message } of messagesIn(event))
        judgeState(event, asked, facts.conversation(id), message);
    },
    end() {
      for (const { conversation, seq, event } of suspects) {
        const { user, line, value } = event;
        const floor = conversation.membership.floorOf(user, value.messages[0]?.seq ?? Number.POSITIVE_INFINITY);
        if (seq <= floor) continue;
        const seen = conversation.seenBy.get(user)?.get(seq);
        const ack = conversation.acks.get(seq);
        const known = conversation.knownSince(seq, event.recorder);
        const what = `${conversation.id} ${seq} is missing in a page that ${user} read`;
        // It may also have been seen by another page that was asked for at the same time.
        if (seen !== undefined && seen < line) report('read-then-gone', `${what}, who had seen it.`, [seen, line]);
        else if (ack?.user === user) report('read-your-writes', `${what}, who had sent it.`, [ack.line, line]);
        else report('stale-read', `${what}, and was known.`, [known, line]);
      }
    },
  };
};

/** The first and the last `seq` that a page covers. */
function rangeOf(
  { value: { messages, more } }: Page,
  { before, after }: { before?: number; after?: number },
): [number, number] {
  const last = (before ?? Number.POSITIVE_INFINITY) - 1;
  const first = (after ?? -1) + 1;
  if (!more) return [first, last];
  const isForward = after !== undefined && before === undefined;
  if (isForward) return [first, messages.at(-1)?.seq ?? -1];
  return [messages[0]?.seq ?? Number.POSITIVE_INFINITY, last];
}

import { type Conversation, indexFrom } from '../facts/conversation.ts';
import type { Counts } from '../history.ts';
import type { MakeRule } from './rule.ts';

interface Said extends Counts {
  readonly user: string;
  readonly line: number;
  readonly isFinal: boolean;
}

/**
 * An unread count is the number of messages of others after the read pointer, deleted ones included, as of `last`. Until everything is quiet it may
 * have what was under way: the caller's own message that is being sent, and a number that was handed out and is never used.
 */
export const unread: MakeRule = (facts, report) => {
  const said: Said[] = [];
  return {
    step({ event, asked }) {
      if (event.type !== 'ok' || (event.f !== 'sync' && event.f !== 'unread')) return;
      const { user, line, recorder } = event;
      const isFinal = asked !== undefined && facts.isFinal(recorder, asked.line);
      for (const { conversation, last, read, unread } of event.value.entries)
        said.push({ conversation, last, read, unread, user, line, isFinal });
    },
    end() {
      const own = new Map<string, number[]>();
      for (const { conversation: id, last, read, unread, user, line, isFinal } of said) {
        const conversation = facts.conversation(id);
        const { finals, order, messages, membership } = conversation;
        // Only whoever read everything in the end knows which messages there are.
        if (!finals.some((final) => membership.floorOf(final.user, Math.min(...final.messages.keys())) <= read))
          continue;
        const key = `${user} ${id}`;
        const ofUser = own.get(key) ?? order.filter((seq) => messages.get(seq)?.message.from === user);
        own.set(key, ofUser);
        const counted = count(order, read, last) - count(ofUser, read, last);
        if (counted === unread) continue;
        const underWay = isFinal ? 0 : count(ofUser, read, last) + unused(conversation, read, last);
        if (unread < counted || unread > counted + underWay)
          report(
            'unread',
            `${id}: ${user} was told ${unread} unread between ${read} and ${last}, where ${counted} are.`,
            [line],
          );
      }
    },
  };
};

/** How many of the ascending numbers are above one, up to another. */
function count(ascending: readonly number[], after: number, upTo: number): number {
  return Math.max(0, indexFrom(ascending, upTo + 1) - indexFrom(ascending, after + 1));
}

/** How many numbers above one, up to another, nobody knows to be anything. */
function unused({ changes, acks, messages }: Conversation, after: number, upTo: number): number {
  let result = 0;
  for (let seq = after + 1; seq <= upTo; seq++)
    if (!changes.has(seq) && !acks.has(seq) && !messages.has(seq)) result += 1;
  return result;
}

import { indexFrom } from '../facts/conversation.ts';
import type { Counts } from '../history.ts';
import type { MakeRule } from './rule.ts';

interface Said extends Counts {
  readonly user: string;
  readonly line: number;
}

/** An unread count is the number of messages of others after the read pointer, deleted ones included, as of `last`. */
export const unread: MakeRule = (facts, report) => {
  const said: Said[] = [];
  return {
    step({ event }) {
      if (event.type !== 'ok' || (event.f !== 'sync' && event.f !== 'unread')) return;
      const { user, line } = event;
      for (const { conversation, last, read, unread } of event.value.entries)
        said.push({ conversation, last, read, unread, user, line });
    },
    end() {
      const own = new Map<string, number[]>();
      for (const { conversation: id, last, read, unread, user, line } of said) {
        const { finals, order, messages, membership } = facts.conversation(id);
        // Only whoever read everything in the end knows which messages there are.
        if (!finals.some((final) => membership.floorOf(final.user, Math.min(...final.messages.keys())) <= read))
          continue;
        const key = `${user} ${id}`;
        const ofUser = own.get(key) ?? order.filter((seq) => messages.get(seq)?.message.from === user);
        own.set(key, ofUser);
        const counted = count(order, read, last) - count(ofUser, read, last);
        if (counted !== unread)
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

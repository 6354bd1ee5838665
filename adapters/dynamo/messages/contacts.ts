import type { Key, Table } from '#adapters/dynamo/table.ts';
import type { Contacts } from '#core/people/presence.ts';
import type { Conversations } from './conversations.ts';
import { keys } from './keys.ts';

/** Which users share conversations, and which have blocked others. Reads are consistent, so a group counts until it is left. */
export function createContacts(table: Table, { memberships }: Pick<Conversations, 'memberships'>): Contacts {
  /** Those things whose item exists, for 1 read unit each. */
  async function existing<T>(things: readonly T[], keyOf: (thing: T) => Key): Promise<T[]> {
    const items = await table.batchGet(things.map(keyOf), { consistent: true });
    const found = new Set(items.map(({ pk, sk }) => `${pk} ${sk}`));
    return things.filter((thing) => {
      const { pk, sk } = keyOf(thing);
      return found.has(`${pk} ${sk}`);
    });
  }

  async function conversationsOf(userId: string): Promise<string[]> {
    return (await memberships(userId)).map(({ conversationId }) => conversationId);
  }

  return {
    // Users with a direct conversation are found with one read for all of them. Each of the others takes a query of their
    // memberships.
    async sharing(userId, others) {
      const talked = new Set(await existing(others, (other) => keys.direct(userId, other)));
      const rest = others.filter((other) => !talked.has(other));
      if (rest.length === 0) return [...talked];
      const own = new Set(await conversationsOf(userId));
      const inGroups = await Promise.all(
        rest.map(async (other) => ((await conversationsOf(other)).some((id) => own.has(id)) ? [other] : [])),
      );
      return [...talked, ...inGroups.flat()];
    },

    blocked: (pairs) => existing(pairs, ({ by, userId }) => keys.block(by, userId)),
  };
}

import type { Key, Table } from '#adapters/dynamo/table.ts';
import type { Contacts } from '#core/people/presence.ts';
import type { Conversations } from './conversations.ts';
import { keys } from './keys.ts';

/** Who knows whom, consistently: a shared group that was left a moment ago doesn't count any more. */
export function createContacts(table: Table, { memberships }: Pick<Conversations, 'memberships'>): Contacts {
  /** Those of some things whose item exists. 1 read unit each. */
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
    /** First by direct conversations; the others by a query of their memberships each. */
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

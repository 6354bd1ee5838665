import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { type Expression, expression, name } from '#adapters/dynamo/expression.ts';
import { queryAll, type Table, transact, type Write } from '#adapters/dynamo/table.ts';
import type { Conversations } from './conversations.ts';
import { blockPrefix, keys, memberKey } from './keys.ts';

/**
 * Who has blocked whom. A block is an item. If the two users have a direct conversation, it is also a flag in the blocked user's
 * entry in the head, so that sending a message checks it in the write that it makes anyway. One transaction writes both (decision
 * 0042).
 */
export function createBlocks(client: DynamoDb, table: Table, { directOf, load }: Conversations) {
  /**
   * Writes the item and the flag of the direct conversation. It tries again if that conversation is created, or one of its members
   * leaves it, in the meantime.
   */
  async function write(by: string, userId: string, item: Write, flag: (path: Expression) => Expression): Promise<void> {
    const path = expression`m.${name(memberKey(userId))}`;
    for (;;) {
      const conversationId = await directOf(by, userId);
      const conversation = conversationId === undefined ? undefined : await load(conversationId, []);
      const writes: Write[] = [item];
      if (conversationId === undefined)
        writes.push({ table: table.name, check: keys.direct(by, userId), if: expression`attribute_not_exists(pk)` });
      else if (conversation?.members.has(userId))
        writes.push({
          table: table.name,
          key: keys.head(conversationId),
          update: flag(expression`${path}.x`),
          if: expression`attribute_exists(${path})`,
        });
      if ((await transact(client, writes)).done) return;
    }
  }

  return {
    /** Blocks the user `userId` for the user `by`. It changes nothing if they are blocked already. */
    block: (by: string, userId: string): Promise<void> =>
      write(
        by,
        userId,
        { table: table.name, put: keys.block(by, userId) },
        (flag) => expression`SET ${flag} = ${true}, revision = revision + ${1}`,
      ),

    /** Ends a block, if there is one. */
    unblock: (by: string, userId: string): Promise<void> =>
      write(
        by,
        userId,
        { table: table.name, delete: keys.block(by, userId) },
        (flag) => expression`SET revision = revision + ${1} REMOVE ${flag}`,
      ),

    /** Whether `by` has blocked `userId`, read consistently. */
    async hasBlocked(by: string, userId: string): Promise<boolean> {
      return (await table.get(keys.block(by, userId), { consistent: true })) !== undefined;
    },

    /** The ids of the users that `by` has blocked, in ascending order. */
    async blockedBy(by: string): Promise<string[]> {
      const where = expression`pk = ${keys.user(by)} AND begins_with(sk, ${blockPrefix})`;
      const items = await queryAll(table, { where, consistent: true });
      return items.map(({ sk }) => String(sk).slice(blockPrefix.length));
    },
  };
}

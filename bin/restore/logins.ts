import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { expression } from '#adapters/dynamo/expression.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { itemsOf } from './scan.ts';

/** What doesn't outlive a restore in a user's partition: logins, links in mails, and how far was pushed. */
const ended = ['family#', 'token#', 'pushed#'];

/**
 * Ends everything that was under way: all logins, because one that was ended since would live again; the tokens in mails, because one
 * that was used since could be used again; the marks of pushed messages, because their numbers are given out again; and all sockets.
 * Returns how many rows were changed.
 */
export async function endLogins(client: DynamoDb, names: { users: string; connections: string }): Promise<number> {
  const [users, connections] = [createTable(client, names.users), createTable(client, names.connections)];
  let changed = 0;
  const withRow = new Set<string>();
  for await (const { userId } of itemsOf(client, names.connections)) {
    const gone = expression`SET connections = ${{}} REMOVE lastRevoked, refusedUntil`;
    await connections.update({ userId: String(userId) }, gone);
    withRow.add(String(userId));
    changed += 1;
  }
  for await (const { pk, sk } of itemsOf(client, names.users)) {
    const [partition, kind] = [String(pk), String(sk)];
    if (ended.some((prefix) => kind.startsWith(prefix))) {
      await users.delete({ pk: partition, sk: kind });
      changed += 1;
    }
    // An account and its row of connections are one transaction, of which only a part may have been restored.
    const userId = partition.slice('user#'.length);
    if (kind === 'profile' && !withRow.has(userId)) {
      await connections.put({ userId, connections: {} }, { if: expression`attribute_not_exists(userId)` });
      changed += 1;
    }
  }
  return changed;
}

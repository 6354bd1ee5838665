import { randomBytes } from 'node:crypto';
import { hashSecret } from '#core/accounts/refresh-token.ts';
import { encodeItem } from './attribute-values.ts';
import type { DynamoDb } from './client.ts';
import { newSession } from './connections/sessions.ts';
import { expression } from './expression.ts';
import { keys } from './messages/keys.ts';
import { createTable } from './table.ts';
import { createFamilies } from './users/families.ts';

/** How long the messages of the probe are kept. 10 000 of them are 4 MB. */
const keptDays = 7;

/**
 * The rows of the probe (decision 0137), who is a person without an account: a login, and a row of the table Connections. They have no
 * name, address or password, so nobody finds them, logs in as them or writes them a mail. `lib/capabilities/probe.ts` allows these
 * writes and no others.
 */
export function createProbeRows(
  client: DynamoDb,
  names: { readonly users: string; readonly connections: string; readonly messages: string },
) {
  const families = createFamilies(createTable(client, names.users));
  const connections = createTable(client, names.connections);
  return {
    /** Starts the login anew, whatever has become of it. It has no refresh token that anybody knows. */
    async logIn({ userId, familyId }: { userId: string; familyId: string }, now: number): Promise<void> {
      const row = { ...newSession(userId), invisible: true, whoMayAdd: 'nobody' };
      await connections.put(row, { if: expression`attribute_not_exists(userId)` });
      await families.start({ userId, familyId, tokenHash: hashSecret(randomBytes(32)), device: 'Probe' }, now);
    },

    /** Lets a message of the probe lapse, which no other message does. */
    async lapse(conversationId: string, seq: number, now: number): Promise<void> {
      const expiresAt = Math.ceil(now / 1000) + keptDays * 24 * 3600;
      await client.call('UpdateItem', {
        TableName: names.messages,
        Key: encodeItem(keys.change(conversationId, seq)),
        UpdateExpression: 'SET expiresAt = :at',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: encodeItem({ ':at': expiresAt }),
      });
    },
  };
}

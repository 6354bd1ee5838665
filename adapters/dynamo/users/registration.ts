import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { newSession } from '#adapters/dynamo/connections/sessions.ts';
import { expression } from '#adapters/dynamo/expression.ts';
import { type Table, transact } from '#adapters/dynamo/table.ts';
import type { CreateAccount } from '#core/accounts/ports.ts';
import { notResting } from './resting-names.ts';
import { emailKey, profileKey, usernameKey } from './users.ts';

const isNew = expression`attribute_not_exists(pk)`;

/**
 * Creates accounts, unless the username is taken or rests. One transaction writes the profile, the claims of the username and the e-mail address, and the row in the table
 * Connections, without which the user can't connect. Throws if the account's id is in use.
 */
export function createRegistration(client: DynamoDb, users: Table, connections: Table): CreateAccount {
  return async (account) => {
    const claim = { userId: account.id };
    const written = await transact(client, [
      { table: users.name, ...notResting(account.username, Date.parse(account.createdAt)) },
      { table: users.name, put: { ...usernameKey(account.username), ...claim }, if: isNew },
      { table: users.name, put: { ...emailKey(account.email), ...claim }, if: isNew },
      { table: users.name, put: { ...profileKey(account.id), ...account }, if: isNew },
      { table: connections.name, put: newSession(account.id), if: expression`attribute_not_exists(userId)` },
    ]);
    if (written.done) return 'created';
    const [resting, usernameRefused, emailRefused] = written.refused;
    if (resting || usernameRefused) return 'username_taken';
    if (emailRefused) return 'email_taken';
    throw new Error(`The new id ${account.id} is in use`);
  };
}

import { paginateScan } from '@aws-sdk/client-dynamodb';
import { v7 } from 'uuid';
import { createClient } from '#adapters/dynamo/client.ts';
import { createSessions } from '#adapters/dynamo/connections/sessions.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { createActivities } from '#adapters/dynamo/users/activities.ts';
import { createFamilies } from '#adapters/dynamo/users/families.ts';
import { createCloser } from '#adapters/sockets/close.ts';
import { endAllLogins } from '#core/accounts/logins.ts';

/**
 * Ends all logins of one person, or of everyone, and closes their sockets: `node bin/end-logins.ts <userId> | --everyone`. The
 * environment has what the function `security` has in its own (docs/runbooks/ending-logins.md).
 */
const [who] = process.argv.slice(2);
const { USERS_TABLE, CONNECTIONS_TABLE, WEBSOCKET_ENDPOINT } = process.env;
if (!who || !USERS_TABLE || !CONNECTIONS_TABLE || !WEBSOCKET_ENDPOINT)
  throw new Error('Usage: node bin/end-logins.ts <userId> | --everyone, as docs/runbooks/ending-logins.md says');

const client = createClient();
const users = createTable(client, USERS_TABLE);
const activities = createActivities(users, v7);
const world = {
  now: Date.now,
  families: createFamilies(users),
  activities,
  closeSockets: createCloser(WEBSOCKET_ENDPOINT, createSessions(createTable(client, CONNECTIONS_TABLE))),
};

async function* everyone(TableName: string): AsyncGenerator<string> {
  const pages = paginateScan(
    { client },
    {
      TableName,
      FilterExpression: 'sk = :profile',
      ExpressionAttributeValues: { ':profile': { S: 'profile' } },
      ProjectionExpression: 'pk',
    },
  );
  for await (const { Items = [] } of pages) for (const { pk } of Items) yield String(pk?.S).slice('user#'.length);
}

for await (const userId of who === '--everyone' ? everyone(USERS_TABLE) : [who]) {
  await endAllLogins(world, userId);
  await activities.note(userId, { type: 'session_ended', at: Date.now(), device: 'Operator' });
  console.log(`The logins of ${userId} have ended.`);
}

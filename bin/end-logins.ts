import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { v7 } from 'uuid';
import { createSessions } from '#adapters/dynamo/connections/sessions.ts';
import { scan } from '#adapters/dynamo/scan.ts';
import { overSdk } from '#adapters/dynamo/sdk-client.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { createActivities } from '#adapters/dynamo/users/activities.ts';
import { createFamilies } from '#adapters/dynamo/users/families.ts';
import { createCloser } from '#adapters/sockets/close.ts';
import { accessOf } from './access.ts';

/**
 * Ends all logins of one person, or of everyone, and closes their sockets: `node bin/end-logins.ts <userId> | --everyone`. The
 * environment has what the function `security` has in its own (docs/runbooks/ending-logins.md).
 */
const [who] = process.argv.slice(2);
const { USERS_TABLE, CONNECTIONS_TABLE, WEBSOCKET_ENDPOINT } = process.env;
if (!who || !USERS_TABLE || !CONNECTIONS_TABLE || !WEBSOCKET_ENDPOINT)
  throw new Error('Usage: npx node bin/end-logins.ts <userId> | --everyone, as docs/runbooks/ending-logins.md says');

const sdkClient = new DynamoDBClient({ maxAttempts: 4 });
const client = overSdk(sdkClient);
const users = createTable(client, USERS_TABLE);
const activities = createActivities(users, v7);
const families = createFamilies(users);
const sessions = createSessions(createTable(client, CONNECTIONS_TABLE));
const closeSockets = createCloser(WEBSOCKET_ENDPOINT, sessions, await accessOf(sdkClient));

/** All tokens are revoked before any socket is closed, so that none of them opens another one. */
async function endAll(userId: string): Promise<void> {
  const live = await families.liveOf(userId, Date.now());
  for (const { familyId } of live) await families.revoke(userId, familyId);
  for (const { familyId } of live) await closeSockets(userId, familyId);
}

async function* everyone(TableName: string): AsyncGenerator<string> {
  const profiles = {
    TableName,
    FilterExpression: 'sk = :profile',
    ExpressionAttributeValues: { ':profile': { S: 'profile' } },
    ProjectionExpression: 'pk',
  };
  for await (const { pk } of scan(client, profiles)) yield String(pk).slice('user#'.length);
}

for await (const userId of who === '--everyone' ? everyone(USERS_TABLE) : [who]) {
  await endAll(userId);
  await activities.note(userId, { type: 'session_ended', at: Date.now(), device: 'Operator' });
  console.log(`The logins of ${userId} have ended.`);
}

import { v7 } from 'uuid';
import { createClient } from '#adapters/dynamo/client.ts';
import { createSessions } from '#adapters/dynamo/connections/sessions.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { createActivities } from '#adapters/dynamo/users/activities.ts';
import { createFamilies } from '#adapters/dynamo/users/families.ts';
import { runtime } from '#adapters/runtime.ts';
import { createCloser } from '#adapters/sockets/close.ts';
import { setting } from '#lambdas/kit/environment.ts';

const client = createClient();
const users = createTable(client, setting('USERS_TABLE'));
const sessions = createSessions(createTable(client, setting('CONNECTIONS_TABLE')));

export const world = {
  ...runtime,
  families: createFamilies(users),
  activities: createActivities(users, v7),
  closeSockets: createCloser(setting('WEBSOCKET_ENDPOINT'), sessions),
};

import middy from '@middy/core';
import { createClient } from '#adapters/dynamo/client.ts';
import { createSessions } from '#adapters/dynamo/connections/sessions.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { correlated } from '#lambdas/kit/log.ts';
import { type SocketEvent, socketOf } from '#lambdas/kit/socket.ts';

const sessions = createSessions(createTable(createClient(), setting('CONNECTIONS_TABLE')));

/** `$disconnect`: forgets the connection. Best effort on API Gateway's side; what is missed lapses or is found gone. */
export const handler = middy<SocketEvent, { statusCode: number }>()
  .use(correlated<SocketEvent>((event) => event.requestContext.requestId))
  .handler(async (event) => {
    const { userId, connectionId } = socketOf(event);
    await sessions.disconnect(userId, connectionId, Date.now());
    return { statusCode: 200 };
  });

import { createClient } from '#adapters/dynamo/client.ts';
import { createSessions } from '#adapters/dynamo/connections/sessions.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { invocation } from '#lambdas/kit/invocation.ts';
import { type SocketEvent, socketOf } from '#lambdas/kit/socket.ts';

const sessions = createSessions(createTable(createClient(), setting('CONNECTIONS_TABLE')));

/**
 * `$disconnect`, which removes the connection. API Gateway doesn't guarantee to call it. An entry that remains is removed when a
 * post to it finds that the socket is gone, and it doesn't count after 2 hours.
 */
export const handler = invocation<SocketEvent, { statusCode: number }>(
  (event) => event.requestContext.requestId,
).handler(async (event) => {
  const { userId, connectionId } = socketOf(event);
  await sessions.disconnect(userId, connectionId, Date.now());
  return { statusCode: 200 };
});

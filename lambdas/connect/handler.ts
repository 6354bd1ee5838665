import { createClient } from '#adapters/dynamo/client.ts';
import { createConnect } from '#adapters/dynamo/connections/connect.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { createFamilies } from '#adapters/dynamo/users/families.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { count, invocation, note } from '#lambdas/kit/invocation.ts';
import { requireOpen } from '#lambdas/kit/maintenance.ts';
import { limitedInMemory } from '#lambdas/kit/rates.ts';
import { logSecurity } from '#lambdas/kit/security-log.ts';
import { type SocketEvent, socketOf } from '#lambdas/kit/socket.ts';
import { subprotocol } from '#protocol/frames.ts';

const client = createClient();
const connect = createConnect(
  createTable(client, setting('CONNECTIONS_TABLE')),
  createFamilies(createTable(client, setting('USERS_TABLE'))),
);

/** The status with which the gateway refuses the upgrade. */
const refusals = { refused: 401, paused: 429, contended: 429 };

const takeConnect = limitedInMemory('connects');

/**
 * `$connect`, which runs after the authorizer and stores the connection. It refuses a connection if its login is revoked or its
 * account is erased, if its user has connected or sent too often, and if very many of their connections are opened at once.
 */
export const handler = invocation<SocketEvent, { statusCode: number; headers?: Record<string, string> }>(
  (event) => event.requestContext.requestId,
).handler(async (event) => {
  const socket = socketOf(event);
  note({ userId: socket.userId, connectionId: socket.connectionId });
  if ('error' in requireOpen()) {
    count('ConnectsRefused');
    note({ reason: 'maintenance' });
    return { statusCode: 503 };
  }
  if ('error' in takeConnect(socket.userId)) {
    count('RateLimited');
    count('ConnectsRefused');
    note({ reason: 'rate_limited' });
    return { statusCode: 429 };
  }
  const outcome = await connect(socket, Date.now());
  if (outcome !== 'connected') {
    logSecurity({ name: 'connection_refused', reason: outcome, ...socket });
    return { statusCode: refusals[outcome] };
  }
  count('Connects');
  // A client that offers subprotocols closes the socket if none of them is chosen. One that offers none closes it if one is
  // chosen.
  const offers = Object.keys(event.headers ?? {}).some((header) => header.toLowerCase() === 'sec-websocket-protocol');
  return { statusCode: 200, ...(offers && { headers: { 'Sec-WebSocket-Protocol': subprotocol } }) };
});

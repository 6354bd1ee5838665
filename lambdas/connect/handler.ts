import middy from '@middy/core';
import { createClient } from '#adapters/dynamo/client.ts';
import { createSessions } from '#adapters/dynamo/connections/sessions.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { correlated } from '#lambdas/kit/log.ts';
import { type SocketEvent, socketOf } from '#lambdas/kit/socket.ts';
import { subprotocol } from '#protocol/frames.ts';

const sessions = createSessions(createTable(createClient(), setting('CONNECTIONS_TABLE')));

/**
 * `$connect`, which runs after the authorizer and stores the connection. It refuses a connection if its login is revoked or its
 * account is erased.
 */
export const handler = middy<SocketEvent, { statusCode: number; headers?: Record<string, string> }>()
  .use(correlated<SocketEvent>((event) => event.requestContext.requestId))
  .handler(async (event) => {
    const known = await sessions.connect(socketOf(event), Date.now());
    if (!known) return { statusCode: 401 };
    // A client that offers subprotocols closes the socket if none of them is chosen. One that offers none closes it if one is
    // chosen.
    const offers = Object.keys(event.headers ?? {}).some((header) => header.toLowerCase() === 'sec-websocket-protocol');
    return { statusCode: 200, ...(offers && { headers: { 'Sec-WebSocket-Protocol': subprotocol } }) };
  });

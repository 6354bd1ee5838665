import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { Connection, Sessions } from '#adapters/dynamo/connections/sessions.ts';
import type { ByeEvent } from '#protocol/events.ts';
import type { EventsFrame } from '#protocol/frames.ts';

/**
 * Creates a function that closes sockets, after it has sent them a `bye` event. A socket that is gone is no error. The sockets'
 * entries in the table Connections are removed by `$disconnect`.
 */
export function createSocketCloser(endpoint: string, why: Omit<ByeEvent, 'type'>) {
  const client = new ApiGatewayManagementApiClient({ endpoint, maxAttempts: 4 });
  const bye: EventsFrame = { events: [{ type: 'bye', ...why }] };

  async function close(ConnectionId: string): Promise<void> {
    try {
      await client.send(new PostToConnectionCommand({ ConnectionId, Data: JSON.stringify(bye) }));
      await client.send(new DeleteConnectionCommand({ ConnectionId }));
    } catch (error) {
      if (!(error instanceof GoneException)) throw error;
    }
  }

  return async (connections: readonly Pick<Connection, 'connectionId'>[]): Promise<void> => {
    await Promise.all(connections.map(({ connectionId }) => close(connectionId)));
  };
}

/** Creates a function that revokes a login (family) of a user: its sockets are closed, and it can't open new ones. */
export function createCloser(endpoint: string, sessions: Sessions) {
  const close = createSocketCloser(endpoint, { reason: 'logged_out', reconnect: false });
  return async (userId: string, familyId: string): Promise<void> => {
    await close(await sessions.revoke(userId, familyId, Date.now()));
  };
}

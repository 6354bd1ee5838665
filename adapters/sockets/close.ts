import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { EventsFrame } from '../../protocol/frames.ts';
import type { Sessions } from '../dynamo/sessions.ts';

const bye: EventsFrame = { events: [{ type: 'bye', reason: 'logged_out', reconnect: false }] };

/** Closes a family's sockets, telling them why first, and lets no new ones open. Their entries go with `$disconnect`. */
export function createCloser(endpoint: string, sessions: Sessions) {
  const client = new ApiGatewayManagementApiClient({ endpoint, maxAttempts: 4 });

  async function close(ConnectionId: string): Promise<void> {
    try {
      await client.send(new PostToConnectionCommand({ ConnectionId, Data: JSON.stringify(bye) }));
      await client.send(new DeleteConnectionCommand({ ConnectionId }));
    } catch (error) {
      if (!(error instanceof GoneException)) throw error;
    }
  }

  return async (userId: string, familyId: string): Promise<void> => {
    const connections = await sessions.revoke(userId, familyId, Date.now());
    await Promise.all(connections.map(({ connectionId }) => close(connectionId)));
  };
}

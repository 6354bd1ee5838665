import type { Access } from '#adapters/aws/environment.ts';
import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { createSocketCloser } from '#adapters/sockets/close.ts';
import { itemsOf } from './scan.ts';

/**
 * Closes all sockets, by the table that is in use. They belong to it: afterwards nothing would ever arrive on them. Clients come back
 * when the service is open again. Returns how many there were.
 */
export async function closeSockets(
  client: DynamoDb,
  { connections, endpoint, retryAfterMs }: { connections: string; endpoint: string; retryAfterMs: number },
  access: Access,
): Promise<number> {
  const close = createSocketCloser(endpoint, { reason: 'maintenance', reconnect: true, retryAfterMs }, access);
  let closed = 0;
  for await (const row of itemsOf(client, connections)) {
    const ids = Object.keys(Object(row['connections']));
    await close(ids.map((connectionId) => ({ connectionId })));
    closed += ids.length;
  }
  return closed;
}

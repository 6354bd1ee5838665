import type { Connection, Sessions } from '../../adapters/dynamo/sessions.ts';
import { createUndelivered } from '../../adapters/queues/undelivered.ts';
import { createDelivery } from '../../adapters/sockets/delivery.ts';
import { createPoster } from '../../adapters/sockets/poster.ts';
import type { Event } from '../../protocol/events.ts';
import { setting } from './environment.ts';
import { currentCorrelationId } from './log.ts';
import { count } from './metrics.ts';

/** Delivery as the function's environment sets it up, counted. */
export function deliverer(sessions: Sessions) {
  const poster = createPoster({ endpoint: setting('WEBSOCKET_ENDPOINT'), region: setting('AWS_REGION') });
  const queue = createUndelivered(setting('UNDELIVERED_QUEUE_URL'));
  const deliver = createDelivery(poster, sessions, (undelivered) =>
    queue({ ...undelivered, correlationId: currentCorrelationId() }),
  );
  return async (events: readonly Event[], connections: readonly Connection[]): Promise<void> => {
    const { delivered, gone, failed } = await deliver(events, connections);
    count({ Delivered: delivered, Gone: gone, Undelivered: failed });
  };
}

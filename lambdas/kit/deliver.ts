import type { Sessions } from '#adapters/dynamo/connections/sessions.ts';
import { createDeliveries } from '#adapters/queues/deliveries.ts';
import { createDelivery, type WhenDone } from '#adapters/sockets/delivery.ts';
import { createPoster } from '#adapters/sockets/poster.ts';
import type { DeliveryPorts } from '#core/delivery/ports.ts';
import { setting } from './environment.ts';
import { currentCorrelationId } from './log.ts';
import { count } from './metrics.ts';

/** The delivery of events, set up from the environment. `whenRemoved` is as in `createDelivery`. */
export function deliveryOf(sessions: Sessions, whenRemoved?: WhenDone) {
  const poster = createPoster({ endpoint: setting('WEBSOCKET_ENDPOINT'), region: setting('AWS_REGION') });
  return createDelivery(poster, sessions, createDeliveries(setting('DELIVERIES_QUEUE_URL')), whenRemoved);
}

/** Creates a function that delivers events of the current request to connections, and counts the outcome in metrics. */
export function deliverer(sessions: Sessions, whenRemoved?: WhenDone): DeliveryPorts['deliver'] {
  const { deliver } = deliveryOf(sessions, whenRemoved);
  return async (events, connections) => {
    const { delivered, gone, failed } = await deliver(events, connections, currentCorrelationId());
    count({ Delivered: delivered, Gone: gone, Undelivered: failed });
  };
}

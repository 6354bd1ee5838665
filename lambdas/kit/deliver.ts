import type { Sessions } from '#adapters/dynamo/connections/sessions.ts';
import { createDeliveries } from '#adapters/queues/deliveries.ts';
import { createDelivery, type Delivered, type WhenDone } from '#adapters/sockets/delivery.ts';
import { createPoster } from '#adapters/sockets/poster.ts';
import type { StartPace } from '#core/delivery/pacing.ts';
import type { DeliveryPorts } from '#core/delivery/ports.ts';
import type { Event } from '#protocol/events.ts';
import { setting } from './environment.ts';
import { count, currentCorrelationId, measure } from './invocation.ts';

/** The delivery of events, set up from the environment. `whenRemoved` is as in `createDelivery`. */
export function deliveryOf(sessions: Sessions, whenRemoved?: WhenDone) {
  const poster = createPoster({ endpoint: setting('WEBSOCKET_ENDPOINT') });
  return createDelivery(poster, sessions, createDeliveries(setting('DELIVERIES_QUEUE_URL')), whenRemoved);
}

/**
 * Creates a function that delivers events of the current request to connections, and counts the outcome in metrics. `startPace` is as
 * in `deliver` of `createDelivery`.
 */
export function deliverer(
  sessions: Sessions,
  { whenRemoved, startPace }: { whenRemoved?: WhenDone | undefined; startPace?: StartPace } = {},
): DeliveryPorts['deliver'] {
  const { deliver } = deliveryOf(sessions, whenRemoved);
  return async (events, connections) => {
    if (connections.length === 0) return;
    const began = Date.now();
    const sentAt = oldestMessage(events);
    const paced = startPace !== undefined;
    const cause = { correlationId: currentCorrelationId(), sentAt, ...(paced && { paced }) };
    countPosts(await deliver(events, connections, cause, startPace), { sentAt, paced });
    measure('FanoutSockets', connections.length, 'Count');
    measure('FanoutTime', Date.now() - began, 'Milliseconds');
  };
}

/**
 * Counts posts by their outcome. `sentAt` is when the oldest message in the frames was accepted, in ms since 1970. Posts that come in turns
 * (`paced`) are late by design, so their time isn't measured: the age of their queue says how late they are.
 */
export function countPosts(
  { delivered, gone, failed, requests }: Delivered,
  { sentAt, paced = false }: { sentAt?: number | undefined; paced?: boolean | undefined } = {},
): void {
  count('Posts', requests);
  count('FramesDelivered', delivered);
  count('FramesUndelivered', failed);
  count('Retries', requests - delivered - gone - failed);
  if (delivered > 0 && sentAt !== undefined && !paced) measure('DeliveryTime', Date.now() - sentAt, 'Milliseconds');
}

function oldestMessage(events: readonly Event[]): number | undefined {
  const times = events.flatMap((event) => (event.type === 'message' ? Date.parse(event.message.sentAt) : []));
  return times.length > 0 ? Math.min(...times) : undefined;
}

import type { Sessions } from '#adapters/dynamo/connections/sessions.ts';
import { createDeliveries } from '#adapters/queues/deliveries.ts';
import { createDelivery, type Delivered, type WhenDone } from '#adapters/sockets/delivery.ts';
import { createPoster } from '#adapters/sockets/poster.ts';
import type { Pace } from '#core/delivery/pacing.ts';
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
 * Creates a function that delivers events of the current request to connections, and counts the outcome in metrics. `whenRemoved` is as in
 * `createDelivery`.
 */
export function deliverer(sessions: Sessions, whenRemoved?: WhenDone): DeliveryPorts['deliver'] {
  const { deliver } = deliveryOf(sessions, whenRemoved);
  return async (events, connections) => {
    if (connections.length === 0) return;
    const began = Date.now();
    const cause = causeOf(events);
    countPosts(await deliver(events, connections, cause), cause);
    measure('FanoutSockets', connections.length, 'Count');
    measure('FanoutTime', Date.now() - began, 'Milliseconds');
  };
}

/** Creates a function that leaves posts to the function `poster` when they are due. */
export function pacedDeliverer(sessions: Sessions, pace: Pace): DeliveryPorts['deliver'] {
  const { deliverPaced } = deliveryOf(sessions);
  return async (events, connections) => {
    if (connections.length === 0) return;
    const leftOut = await deliverPaced(events, connections, causeOf(events), pace);
    measure('FanoutSockets', connections.length, 'Count');
    count('FramesUndelivered', leftOut * connections.length);
  };
}

function causeOf(events: readonly Event[]) {
  return { correlationId: currentCorrelationId(), sentAt: oldestMessage(events) };
}

/**
 * Counts posts by their outcome. `sentAt` is when the oldest message in the frames was accepted, in ms since 1970. Posts that come in turns
 * (`paced`) are late by design, so their time isn't measured: `FanoutTime` has that of their rounds.
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

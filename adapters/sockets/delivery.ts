import type { Sessions } from '#adapters/dynamo/connections/sessions.ts';
import { connectionsAtOnce, type Deliveries, type Delivery } from '#adapters/queues/deliveries.ts';
import type { Connection } from '#core/delivery/ports.ts';
import type { Event } from '#protocol/events.ts';
import { packFrames } from './batch.ts';
import type { Poster, PostOutcome } from './poster.ts';

export interface Delivered {
  readonly delivered: number;
  readonly gone: number;
  readonly failed: number;
}

/** Tries after which the queue's own count begins, which ends in the dead-letter queue. */
const maxTries = 5;

/** How long posts are tried again before the rest goes to the queue, in ms: a sender's ack may wait for it. */
const patienceMs = 2_000;

/**
 * Gives events to connections. Those that are gone lose their session entry; those that could not be reached go to the queue:
 * nothing counts as delivered that was not.
 */
export function createDelivery(poster: Poster, sessions: Sessions, queue: Deliveries) {
  /** Tries one frame. What fails goes (back) to the queue; at last it is `left`, for the caller to leave in there. */
  async function post(delivery: Delivery, waitMs = patienceMs): Promise<PostOutcome & { left: boolean }> {
    const { connections, frame, tries } = delivery;
    const users = new Map(connections.map(({ connectionId, userId }) => [connectionId, userId]));
    const ofUsers = (ids: readonly string[]): Connection[] =>
      ids.map((connectionId) => ({ connectionId, userId: users.get(connectionId) ?? '' }));
    const outcome = await poster.post(users.keys(), frame, Date.now() + waitMs);
    for (const { userId, connectionId } of ofUsers(outcome.gone))
      await sessions.remove(userId, connectionId, Date.now());
    const left = outcome.failed.length > 0 && tries >= maxTries;
    if (outcome.failed.length > 0 && !left)
      await queue({ ...delivery, connections: ofUsers(outcome.failed), tries: tries + 1 });
    return { ...outcome, left };
  }

  /** What is too much for one function goes to the queue at once, for several posters. */
  async function deliver(
    events: readonly Event[],
    connections: readonly Connection[],
    correlationId?: string,
  ): Promise<Delivered> {
    let own = connections.slice(0, connectionsAtOnce);
    const others = connections.slice(connectionsAtOnce);
    const total = { delivered: 0, gone: 0, failed: 0 };
    // One frame after the other, so that a socket gets its events in order.
    for (const frame of connections.length > 0 ? packFrames(events) : []) {
      const common = { frame, tries: 0, correlationId };
      await queue({ ...common, connections: [...others] });
      const { delivered, gone, failed } = await post({ ...common, connections: own });
      own = own.filter(({ connectionId }) => !gone.includes(connectionId));
      total.delivered += delivered;
      total.gone += gone.length;
      total.failed += failed.length;
    }
    return total;
  }

  return { deliver, post };
}

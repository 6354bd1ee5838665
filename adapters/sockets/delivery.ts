import type { Event } from '../../protocol/events.ts';
import type { Connection, Sessions } from '../dynamo/sessions.ts';
import type { Undelivered } from '../queues/undelivered.ts';
import { packFrames } from './batch.ts';
import type { Poster } from './poster.ts';

export interface Delivered {
  readonly delivered: number;
  readonly gone: number;
  readonly failed: number;
}

/** How long posts are tried again before the rest goes to the queue, in ms: the sender's ack waits for it. */
const patienceMs = 2_000;

/**
 * Gives events to connections. Those that are gone lose their session entry; those that could not be reached go to `later`:
 * nothing counts as delivered that was not.
 */
export function createDelivery(poster: Poster, sessions: Sessions, later: (undelivered: Undelivered) => Promise<void>) {
  return async (events: readonly Event[], connections: readonly Pick<Connection, 'userId' | 'connectionId'>[]) => {
    const users = new Map(connections.map(({ connectionId, userId }) => [connectionId, userId]));
    const ofUsers = (ids: readonly string[]) =>
      ids.map((connectionId) => ({ connectionId, userId: users.get(connectionId) ?? '' }));
    const total = { delivered: 0, gone: 0, failed: 0 };
    // One frame after the other, so that a socket gets its events in order.
    for (const frame of users.size > 0 ? packFrames(events) : []) {
      const outcome = await poster.post(users.keys(), frame, Date.now() + patienceMs);
      for (const { userId, connectionId } of ofUsers(outcome.gone)) {
        users.delete(connectionId);
        await sessions.remove(userId, connectionId, Date.now());
      }
      if (outcome.failed.length > 0) await later({ connections: ofUsers(outcome.failed), frame });
      total.delivered += outcome.delivered;
      total.gone += outcome.gone.length;
      total.failed += outcome.failed.length;
    }
    return total satisfies Delivered;
  };
}

export type Delivery = ReturnType<typeof createDelivery>;

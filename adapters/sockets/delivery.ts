import type { Sessions } from '#adapters/dynamo/connections/sessions.ts';
import { connectionsAtOnce, type Deliveries, type Delivery } from '#adapters/queues/deliveries.ts';
import { chunk } from '#core/chunk.ts';
import type { Pace } from '#core/delivery/pacing.ts';
import type { Connection } from '#core/delivery/ports.ts';
import type { Event } from '#protocol/events.ts';
import { packFrames } from './batch.ts';
import type { Poster, PostOutcome } from './poster.ts';

/** Waits for work, or sees to it that it goes on by itself. */
export type WhenDone = (work: Promise<unknown>) => Promise<unknown>;

/** The number of posts of one frame to one connection, by their outcome, and of the requests for them. */
export interface Delivered {
  readonly delivered: number;
  readonly gone: number;
  readonly failed: number;
  readonly requests: number;
}

/**
 * How often a delivery is sent to the queue as a new message. After that the same message is received again until SQS moves it to
 * the dead-letter queue.
 */
const maxTries = 5;

/** How long posts are tried before the rest is sent to the queue, in ms. It is short, because a sender's ack may wait for it. */
const patienceMs = 2_000;

/** How many frames each socket gets at once at most, where posts have a pace. */
const mostPacedFrames = 4;

/**
 * Delivers events to connections. The entries of connections that are gone are removed from the table, together. `whenRemoved`
 * decides whether a delivery waits for that: by default it does. Connections that could not be reached are sent to the queue, for
 * another try.
 */
export function createDelivery(
  poster: Poster,
  sessions: Pick<Sessions, 'remove'>,
  queue: Deliveries,
  whenRemoved: WhenDone = (removals) => removals,
) {
  /**
   * Posts one frame for `waitMs` at most. Connections that fail are sent to the queue with one more try counted. After the last try
   * `left` is true instead. The caller then has to fail, so that its queue message is received again.
   */
  async function post(delivery: Delivery, waitMs = patienceMs): Promise<PostOutcome & { left: boolean }> {
    const { connections, frame, tries } = delivery;
    const users = new Map(connections.map(({ connectionId, userId }) => [connectionId, userId]));
    const ofUsers = (ids: readonly string[]): Connection[] =>
      ids.map((connectionId) => ({ connectionId, userId: users.get(connectionId) ?? '' }));
    const outcome = await poster.post(users.keys(), frame, Date.now() + waitMs);
    const now = Date.now();
    const removals = ofUsers(outcome.gone).map(({ userId, connectionId }) =>
      sessions.remove(userId, connectionId, now),
    );
    const left = outcome.failed.length > 0 && tries >= maxTries;
    const again = outcome.failed.length > 0 && !left;
    await Promise.all([
      again && queue({ ...delivery, connections: ofUsers(outcome.failed), tries: tries + 1 }),
      whenRemoved(Promise.all(removals)),
    ]);
    return { ...outcome, left };
  }

  /**
   * Delivers events to any number of connections. This function posts to the first `connectionsAtOnce` of them. The others are
   * sent to the queue before that, so that several posters share them.
   */
  async function deliver(
    events: readonly Event[],
    connections: readonly Connection[],
    cause: Cause = {},
  ): Promise<Delivered> {
    let own = connections.slice(0, connectionsAtOnce);
    const others = connections.slice(connectionsAtOnce);
    const total = { delivered: 0, gone: 0, failed: 0, requests: 0 };
    // One frame is posted after the other, so that each socket gets its events in order.
    for (const frame of connections.length > 0 ? packFrames(events) : []) {
      await enqueue(frame, others, cause);
      const { delivered, gone, failed, requests } = await post({ frame, tries: 0, ...cause, connections: own });
      own = own.filter(({ connectionId }) => !gone.includes(connectionId));
      total.delivered += delivered;
      total.gone += gone.length;
      total.failed += failed.length;
      total.requests += requests;
    }
    return total;
  }

  /**
   * Sends events for any number of connections to the queue, when their posts are due. Of more than `mostPacedFrames` frames it sends the
   * last ones only: then the room writes more than its posts can bring, and clients fetch what they miss. Returns how many frames it left
   * out.
   */
  async function deliverPaced(
    events: readonly Event[],
    connections: readonly Connection[],
    cause: Cause,
    pace: Pace,
  ): Promise<number> {
    if (connections.length === 0) return 0;
    const frames = packFrames(events);
    const sent = frames.slice(-mostPacedFrames);
    await pace(sent.length * connections.length);
    await Promise.all(sent.map((frame) => enqueue(frame, connections, { ...cause, paced: true })));
    return frames.length - sent.length;
  }

  async function enqueue(frame: string, connections: readonly Connection[], cause: Cause): Promise<void> {
    const parts = chunk(connections, connectionsAtOnce);
    await Promise.all(parts.map((part) => queue({ frame, tries: 0, ...cause, connections: part })));
  }

  return { deliver, deliverPaced, post };
}

type Cause = Pick<Delivery, 'correlationId' | 'sentAt' | 'paced'>;

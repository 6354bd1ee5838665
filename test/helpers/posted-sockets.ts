import * as z from 'zod/mini';
import { packFrames } from '#adapters/sockets/batch.ts';
import { createDelivery } from '#adapters/sockets/delivery.ts';
import { createPace } from '#core/delivery/pacing.ts';
import type { DeliveryPorts } from '#core/delivery/ports.ts';
import type { Posts } from './throttle.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** How long things take on AWS, in ms: slow ones. */
const takes = { turn: 8, send: 10, queue: 100, post: 20 };
/** What `lib/capabilities/delivery.ts` and `adapters/sockets/poster.ts` have, at 10 000 requests per second. */
const posters = { functions: 5, atOnce: 64 };

/** What a socket has got. */
interface Socket {
  /** It has all changes up to this `seq`. */
  all: number;
  /** Those that it has beyond a gap. */
  readonly beyond: Set<number>;
  /** The longest time between a message and its first arrival, in ms. */
  latest: number;
}

interface Arriving {
  readonly seq: number;
  /** When a message was accepted, in ms since 1970. */
  readonly sentAt: number | undefined;
}

function eventsOf(frame: string): Arriving[] {
  const { events } = Frame.parse(JSON.parse(frame));
  return events.map(({ seq, message }) => ({ seq, sentAt: message && Date.parse(message.sentAt) }));
}

const Frame = z.object({
  events: z.array(z.object({ seq: z.number(), message: z.optional(z.object({ sentAt: z.string() })) })),
});

/** Sockets behind API Gateway, and the paced delivery to them: the turns, the queue and its posters, on a clock that jumps. */
export function postedSockets(clock: VirtualClock, requestsPerSecond = 10_000) {
  const posts: Posts[] = [];
  const sockets = new Map<string, Socket>();
  const queued: { readonly ids: readonly string[]; readonly events: readonly Arriving[] }[] = [];
  let free = posters.functions;
  let freeAt = 0;
  let leftOut = 0;

  function arrive(id: string, events: readonly Arriving[]): void {
    const socket = sockets.get(id) ?? { all: 0, beyond: new Set(), latest: 0 };
    sockets.set(id, socket);
    const known = events.findIndex(({ seq }) => seq > socket.all);
    for (const { seq, sentAt } of known < 0 ? [] : events.slice(known)) {
      if (socket.beyond.has(seq)) continue;
      if (sentAt !== undefined) socket.latest = Math.max(socket.latest, clock.now() - sentAt);
      if (seq === socket.all + 1) socket.all = seq;
      else socket.beyond.add(seq);
      while (socket.beyond.delete(socket.all + 1)) socket.all++;
    }
  }

  async function work(): Promise<void> {
    free--;
    for (let job = queued.shift(); job; job = queued.shift())
      for (let i = 0; i < job.ids.length; i += posters.atOnce) {
        const some = job.ids.slice(i, i + posters.atOnce);
        posts.push({ at: clock.now(), count: some.length });
        await clock.sleep(takes.post);
        for (const id of some) arrive(id, job.events);
      }
    free++;
  }

  const { deliverPaced } = createDelivery(
    { post: () => Promise.reject(new Error('The posters post')) },
    { remove: async () => undefined },
    async ({ connections, frame }) => {
      const job = { ids: connections.map(({ connectionId }) => connectionId), events: eventsOf(frame) };
      await clock.sleep(takes.send);
      void clock.sleep(takes.queue).then(() => {
        queued.push(job);
        if (free > 0) void work();
      });
    },
  );
  const pace = createPace({
    ...clock,
    requestsPerSecond,
    async takeTurn(ms, now) {
      await clock.sleep(takes.turn);
      const startsAt = Math.max(freeAt, now);
      freeAt = startsAt + ms;
      return startsAt;
    },
  });
  return {
    /** In the order of time. */
    posts,
    sockets,
    /** How many frames were left out, of which each was for many sockets. */
    leftOut: () => leftOut,
    deliverPaced: async (events, connections) => {
      leftOut += await deliverPaced(events, connections, {}, pace);
    },
    /** As a function posts by itself. */
    deliver: async (events, connections) => {
      await clock.sleep(takes.post);
      for (const frame of packFrames(events))
        for (const { connectionId } of connections) arrive(connectionId, eventsOf(frame));
    },
  } satisfies Record<'deliver' | 'deliverPaced', DeliveryPorts['deliver']> & Record<string, unknown>;
}

export type PostedSockets = ReturnType<typeof postedSockets>;

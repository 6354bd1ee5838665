import type { Change, MessageChange } from '#core/conversations/change.ts';
import type { Recipient } from '#core/delivery/ports.ts';
import type { Served } from '#core/delivery/progress.ts';
import { callForRound, deliverRounds, type RoundPorts } from '#core/delivery/rounds.ts';
import { conversationOf, memberOf } from './delivery.ts';
import type { PostedSockets } from './posted-sockets.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** How long things take on AWS, in ms: slow ones. A dead function's messages are hidden for as long as `lambdas/kit/queue.ts` says. */
const takes = { read: 5, rows: 15, write: 8, stream: 250, queue: 60, death: 10_000 };

interface Options {
  readonly id?: string;
  /** How many sockets each member has. */
  readonly devices?: number;
  readonly requestsPerSecond?: number;
}

/** A large room of so many members, with its table, its stream, and the queue that calls for runs, on a clock that jumps. */
export function roundRoom(clock: VirtualClock, to: PostedSockets, members: number, options: Options = {}) {
  const { id = 'room', devices = 1, requestsPerSecond = 10_000 } = options;
  const changes = new Map<number, Change>();
  const people = new Map<string, Recipient>();
  for (let i = 0; i < members; i++) people.set(...personOf(id, i));
  const stored = { served: [] as readonly Served[], run: 0, isRunning: false };
  const calls: (readonly number[])[] = [];
  const sealed: number[] = [];
  const rounds: number[] = [];
  let seq = 0;
  let runs = 0;
  let visits = 0;
  let diesAt = Number.POSITIVE_INFINITY;
  let isWorking = false;

  const read = async <T>(value: () => T, ms = takes.read): Promise<T> => {
    await clock.sleep(ms);
    return value();
  };
  const mortal = (deliver: RoundPorts['deliver']): RoundPorts['deliver'] => {
    return async (events, connections) => {
      if (++visits === diesAt) throw new Death();
      await deliver(events, connections);
    };
  };
  const ports: RoundPorts = {
    ...clock,
    requestsPerSecond,
    load: () => read(() => conversationOf({}, { id, large: true, seq, memberCount: people.size })),
    recipientsOf: async () => [...people.values()],
    connectionsOf: (userIds) =>
      read(
        () =>
          userIds.flatMap((userId) =>
            Array.from({ length: devices }, (_, i) => ({ userId, connectionId: `${userId}/${i}` })),
          ),
        takes.rows,
      ),
    avatarUrl: String,
    at: (_, seqs) => read(() => seqs.flatMap((one) => changes.get(one) ?? [])),
    range: (_, first, last) =>
      read(() => {
        const found: Change[] = [];
        for (let one = first; one <= Math.min(last, seq); one++) found.push(...[changes.get(one) ?? []].flat());
        return found;
      }),
    async seal(_, one) {
      const there = changes.get(one) ?? { type: 'void', conversationId: id, seq: one, n: one };
      if (!changes.has(one)) sealed.push(one);
      changes.set(one, there);
      return there;
    },
    async begin() {
      await clock.sleep(takes.write);
      const run = ++stored.run;
      stored.isRunning = true;
      const save = async (served: readonly Served[], isRunning: boolean) => {
        await clock.sleep(takes.write);
        if (stored.run === run) Object.assign(stored, { served, isRunning });
        return stored.run === run;
      };
      return { served: stored.served, keep: (served) => save(served, true), rest: (served) => save(served, false) };
    },
    async call(_, seqs) {
      calls.push(seqs);
      void work();
    },
    deliver: mortal(to.deliver),
    deliverPaced: mortal(to.deliverPaced),
    onRound: (ms) => rounds.push(ms),
  };
  const isSeenTo = () =>
    read(() => stored.isRunning || (stored.served.length > 0 && stored.served.every((part) => part.seq >= seq)));

  /** Works off the calls one after the other, as Lambda does with a group of a FIFO queue. A run that dies is called again. */
  async function work(): Promise<void> {
    if (isWorking) return;
    isWorking = true;
    for (let seqs = calls[0]; seqs; seqs = calls[0]) {
      await clock.sleep(takes.queue);
      runs++;
      try {
        await deliverRounds(ports, id, seqs);
        calls.shift();
      } catch (error) {
        if (!(error instanceof Death)) throw error;
        await clock.sleep(takes.death);
      }
    }
    isWorking = false;
  }

  return {
    ports,
    people,
    changes,
    stored,
    sealed,
    /** How long each round took, in ms. */
    rounds,
    runs: () => runs,
    /** Takes the next number. */
    number: () => ++seq,
    /** Stores a change at a number, and lets the stream see it. */
    store(at: number, change: Change = messageOf(id, at, clock.now())): void {
      changes.set(at, change);
      void clock.sleep(takes.stream).then(() => callForRound({ ...ports, isSeenTo }, id, [at]));
    },
    /** Lets the function die at a later visit. */
    dieIn(more: number): void {
      diesAt = visits + more;
    },
    /** Writes so many messages a second for some seconds, and waits until nobody works any more. */
    async talk(perSecond: number, seconds: number, text?: string): Promise<void> {
      for (let i = 0; i < perSecond * seconds; i++) {
        const at = this.number();
        this.store(at, messageOf(id, at, clock.now(), text));
        await clock.sleep(1_000 / perSecond);
      }
      await this.quiet();
    },
    async quiet(): Promise<void> {
      do await clock.sleep(2 * takes.stream);
      while (isWorking);
      await clock.sleep(5_000);
    },
  };
}

class Death extends Error {}

/** A person of a room, by number. */
export function personOf(room: string, i: number, joinedSeq = 0): [string, Recipient] {
  const userId = `${room} ${String(i).padStart(5, '0')}`;
  return [userId, memberOf(userId, { joinedSeq })];
}

export function messageOf(conversationId: string, seq: number, sentAt: number, text = 'x'.repeat(100)): MessageChange {
  const id = '01890a5d-ac96-774b-bcce-b302099a8057';
  return {
    type: 'message',
    conversationId,
    seq,
    n: seq,
    senderId: id,
    clientId: id,
    text,
    replyTo: null,
    sentAt,
    fanout: true,
  };
}

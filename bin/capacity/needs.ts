import { heartbeatMs } from '#client/link.ts';
import { type BenchRow, type Counters, countersOf, framesPerDelivery, sendCounters } from './counters.ts';
import type { Load } from './load.ts';

/** A kind of operation in the busiest minute. One that posts waits for that, too. */
interface Operation {
  readonly perSecond: number;
  readonly counters: Counters;
  readonly memoryMiB: number;
  readonly posts?: true;
}

/** What a load needs in its busiest minute. All but `sockets`, `concurrency` and `seconds…` are per second. */
export interface Needs {
  readonly sockets: number;
  readonly newSockets: number;
  readonly deliveries: number;
  /** Frames that the client sends and gets an answer to: messages and marks. */
  readonly asked: number;
  readonly keepalives: number;
  /** Calls that post a frame to a socket. */
  readonly posts: number;
  readonly httpRequests: number;
  /** Frames, HTTP requests, connects and posts: what API Gateway counts together. */
  readonly requests: number;
  readonly invocations: number;
  /** Functions that run at the same time. */
  readonly concurrency: number;
  readonly gbSeconds: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  /** Write units on the head of the busiest conversation, an item that DynamoDB can't split. A change beside it can be elsewhere. */
  readonly hotWriteUnits: number;
  readonly hotPosts: number;
  /** How many seconds a round of frames to all sockets of the busiest conversation takes, at the default quota. 0 if it takes no turns. */
  readonly hotTurnSeconds: number;
  /** The bytes of its messages that come together in such a round, of which a frame has 32 KB. */
  readonly hotTurnBytes: number;
  /** How long it takes until all are back after all sockets were lost. */
  readonly secondsToReconnect: number;
}

/** A client moves to a new socket after 90 to 110 minutes (`client/link.ts`). */
const secondsOfSocket = 100 * 60;
/** What `core/delivery/pacing.ts` has: rooms of more members take turns, within this share of the requests per second of API Gateway. */
export const pacing = { unpacedMembers: 500, share: 0.7 };
export const requestsPerSecond = 10_000;
/** "Amazon API Gateway quotas": new connections per second of an account and region. */
export const connectsPerSecond = 500;
/**
 * How long a call of DynamoDB and a post take from Lambda, in ms. These are assumptions that nobody measured on AWS yet: a function is
 * paid while it waits. The CPU comes from the bench, and a function with less memory than 1 769 MiB has a part of a core only.
 */
const wait = { call: 5, post: 15 };
const coreMiB = 1_769;

/** Seconds that all invocations of an operation take. */
const secondsOf = ({ counters, memoryMiB, posts }: Operation): number =>
  (counters['DynamoDB calls'] * wait.call +
    (posts ? wait.post : 0) +
    (counters['CPU of the functions'] * coreMiB) / memoryMiB) /
  1_000;

/** Reckons what a load needs. Pure: `rows` are those of `bench/results.json`. */
export function needsOf(load: Load, rows: readonly BenchRow[]): Needs {
  const sockets = load.users * load.online * load.devices;
  const newSockets = sockets / secondsOfSocket;
  const deliveries = load.messages * ((load.members - 1) * load.online * load.devices + (load.devices - 1));
  const marks = deliveries * load.reads;
  const keepalives = sockets / (heartbeatMs.hidden / 1_000);

  const isLarge = load.members > 100;
  const roomSockets = load.members * load.online * load.devices;
  const gathered = isLarge ? framesPerDelivery(rows, roomSockets, load.messages / load.conversations) : 1;
  const posts = deliveries * gathered;
  // A client that comes back asks what it missed once.
  const httpRequests = newSockets;

  const operations: Readonly<Record<string, Operation>> = {
    message: { perSecond: load.messages, counters: sendCounters(rows, load.members), memoryMiB: 1_024, posts: true },
    mark: {
      perSecond: marks,
      counters: countersOf(rows, 'Mark read, and a second’s share of telling it'),
      memoryMiB: 512,
    },
    connect: { perSecond: newSockets, counters: countersOf(rows, 'Connect'), memoryMiB: 512 },
    disconnect: { perSecond: newSockets, counters: countersOf(rows, 'Disconnect'), memoryMiB: 512 },
    sync: {
      perSecond: httpRequests,
      counters: countersOf(rows, 'Sync of 4 conversations, 50 changes'),
      memoryMiB: 1_024,
    },
  };
  const sum = (each: (operation: Operation) => number) =>
    Object.values(operations).reduce((total, operation) => total + operation.perSecond * each(operation), 0);

  const asked = load.messages + marks;
  const takesTurns = load.hotSockets > pacing.unpacedMembers;
  const hotTurnSeconds = takesTurns ? load.hotSockets / (pacing.share * requestsPerSecond) : 0;
  return {
    sockets,
    newSockets,
    deliveries,
    asked,
    keepalives,
    posts,
    httpRequests,
    requests: asked + keepalives + newSockets + httpRequests + posts,
    invocations: sum(({ counters }) => counters.invocations),
    concurrency: sum(secondsOf),
    gbSeconds: sum((operation) => (secondsOf(operation) * operation.memoryMiB) / 1_024),
    writeUnits: sum(({ counters }) => counters['write units']),
    readUnits: sum(({ counters }) => counters['read units']),
    hotWriteUnits: load.hotMessages,
    hotPosts:
      load.hotMessages *
      load.hotSockets *
      (load.hotSockets > 100 ? framesPerDelivery(rows, load.hotSockets, load.hotMessages) : 1),
    hotTurnSeconds,
    hotTurnBytes: load.hotMessages * hotTurnSeconds * load.bytes,
    secondsToReconnect: sockets / connectsPerSecond,
  };
}

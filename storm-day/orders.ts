import type { Buckets } from './histogram.ts';

/** Messages in one conversation, at random times, written by these clients of the process in turn. */
export interface Stream {
  readonly conversationId: string;
  readonly writers: readonly number[];
  readonly perSecond: number;
}

/** What a process with clients is told to do. Each order gets one answer. */
export interface Orders {
  /** Registers so many people, with a client of the SDK or a light one each. Answers with their ids. */
  register: { readonly people: number; readonly light: boolean };
  /** Creates a conversation in the name of a client. Answers with its id. */
  create: { readonly owner: number; readonly memberIds: readonly string[] };
  /** Opens the sockets, so many per second. Answers when all have caught up. */
  connect: { readonly perSecond: number };
  /** Sends until `hush`, whether or not the server keeps up. Answers at once. */
  talk: { readonly streams: readonly Stream[] };
  /** Ends all streams. What was sent may still be unanswered. */
  hush: Record<string, never>;
  /** From now on so many clients a second lose their sockets, without a farewell. */
  loseSockets: { readonly perSecond: number };
  /** Answers when every client has what was sent, or after a while. */
  settle: { readonly patienceMs: number };
  /** Nothing changes any more: has some clients read all conversations to their beginning. */
  read: { readonly readers: number };
  stop: Record<string, never>;
}

export interface Answers {
  register: readonly string[];
  create: string;
  connect: { readonly connectMs: Buckets };
  talk: Record<string, never>;
  hush: Record<string, never>;
  loseSockets: Record<string, never>;
  /** Messages that are still unanswered, clients that are behind, and clients that had to ask because nothing told them that they were. */
  settle: { readonly unanswered: number; readonly behind: number; readonly asked: number };
  read: Record<string, never>;
  stop: Record<string, never>;
}

export type OrderName = keyof Orders;
export type Order = {
  [N in OrderName]: { readonly name: N; readonly number: number; readonly value: Orders[N] };
}[OrderName];

/** What happened in a second of a process. Times are those from when a message was due. */
export interface Second {
  /** In seconds since 1970. */
  readonly at: number;
  readonly sent: number;
  readonly acked: number;
  readonly delivered: number;
  /** Requests of all kinds that began, and that ended without success. */
  readonly asked: number;
  readonly failed: number;
  readonly ack: Buckets;
  readonly delivery: Buckets;
  /** How far the process was behind with its own sending. */
  readonly delay: Buckets;
  /** CPU of the process, in ms. */
  readonly cpuMs: number;
  /** Memory of the process, in bytes. */
  readonly rss: number;
  /** Clients without a connection at the end of the second. */
  readonly offline: number;
}

export type News =
  | { readonly number: number; readonly ok: unknown }
  | { readonly number: number; readonly error: string }
  | { readonly second: Second };

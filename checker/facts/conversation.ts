import type { Change, Message } from '../history.ts';
import type { Bits } from './bits.ts';
import { Membership } from './membership.ts';
import type { Staircase } from './staircase.ts';

/** An operation by its lines. Without an `end`, or with the type `info`, it may happen at any time after `line`. */
export interface Tried {
  readonly user: string;
  readonly recorder: string;
  readonly line: number;
  end?: { readonly line: number; readonly type: 'ok' | 'fail' | 'info'; readonly seq?: number; readonly code?: string };
}

export interface SendTried extends Tried {
  readonly body: string;
  readonly replyTo: number | undefined;
}

/** An edit or a deletion, whose `body` is empty. */
export interface Revision extends Tried {
  readonly f: 'edit' | 'delete';
  readonly target: number;
  readonly body: string;
}

/** A message id, and every attempt to send it. */
export interface Sent {
  readonly id: string;
  readonly attempts: SendTried[];
}

export interface Ack {
  readonly id: string;
  readonly user: string;
  readonly recorder: string;
  readonly line: number;
}

/** A state of a message, and the line where it was first seen. */
export interface Version {
  readonly message: Message;
  readonly line: number;
}

/** What is at a `seq`, as somebody first saw it. */
export interface Seen {
  readonly message: Message;
  readonly line: number;
  /** By recorder: the line from which it was known there, to somebody. */
  readonly since: Map<string, number>;
  /** By `updated`: its states. */
  readonly versions: Map<number, Version>;
  /** By recorder: the newest state that was known there. */
  readonly newest: Map<string, Staircase>;
}

/** A complete history, as a member read it after everything was quiet. */
export interface Final {
  readonly user: string;
  readonly recorder: string;
  /** When its first page was asked for, and its last one answered. */
  readonly asked: number;
  readonly line: number;
  /** By `seq`: the state of the message (`updated`). */
  readonly messages: ReadonlyMap<number, number>;
}

/** What is known of a conversation from all that anybody saw. */
export class Conversation {
  readonly id: string;
  readonly sent = new Map<string, Sent>();
  readonly messages = new Map<number, Seen>();
  /** What took each number, and the line where that was first seen. */
  readonly changes = new Map<number, { readonly kind: Change['kind']; readonly line: number }>();
  /** By message: the edits and deletions that were tried. */
  readonly revisions = new Map<number, Revision[]>();
  /** By `seq`: the message that was first acknowledged with it. */
  readonly acks = new Map<number, Ack>();
  /** By message id: where somebody saw it, and on which line first. */
  readonly places = new Map<string, Map<number, number>>();
  readonly membership = new Membership();
  /** By user: what they saw of it, by `seq`, and the line where they did so first. */
  readonly seenBy = new Map<string, Map<number, number>>();
  /** By recorder, and by recorder and user: the highest `seq` that somebody knew. */
  readonly highest = new Map<string, Staircase>();
  /** By process: which messages reached it by push or catch-up. */
  readonly delivered = new Map<string, { readonly user: string; readonly seqs: Bits }>();
  readonly finals: Final[] = [];
  /** The `seq`s of all messages that somebody saw or that were acknowledged, in ascending order. */
  readonly order: number[] = [];

  constructor(id: string) {
    this.id = id;
  }

  noteMessage(seq: number, id: string, line: number): void {
    let places = this.places.get(id);
    if (!places) {
      places = new Map();
      this.places.set(id, places);
    }
    if (places.has(seq)) return;
    places.set(seq, line);
    this.noteNumber(seq);
  }

  noteNumber(seq: number): void {
    const index = indexFrom(this.order, seq);
    if (this.order[index] !== seq) this.order.splice(index, 0, seq);
  }

  /** The messages from one `seq` up to another, both inclusive. */
  between(first: number, last: number): number[] {
    const { order } = this;
    const result: number[] = [];
    for (let index = indexFrom(order, first); index < order.length; index++) {
      const seq = order[index] ?? 0;
      if (seq > last) break;
      result.push(seq);
    }
    return result;
  }

  /** The line from which a message was known to somebody of a recorder. */
  knownSince(seq: number, recorder: string): number {
    const ack = this.acks.get(seq);
    const acked = ack?.recorder === recorder ? ack.line : Number.POSITIVE_INFINITY;
    return Math.min(acked, this.messages.get(seq)?.since.get(recorder) ?? Number.POSITIVE_INFINITY);
  }

  /** The first acknowledgement of a message. */
  ackOf(id: string): SendTried | undefined {
    return this.sent.get(id)?.attempts.find(({ end }) => end?.type === 'ok');
  }
}

/** The index of the first number in an ascending list that is not below another. */
export function indexFrom(ascending: readonly number[], first: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < first) low = middle + 1;
    else high = middle;
  }
  return low;
}

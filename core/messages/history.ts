import type { History, HistoryQuery } from '../../protocol/messages.ts';
import type { Conversation, Member } from '../conversations/conversation.ts';
import { type Change, type MessageChange, messageOf } from './change.ts';
import { type ChangeReader, type Patience, readAll } from './read.ts';

interface Page {
  readonly messages: readonly MessageChange[];
  readonly hasMore: boolean;
  /** The `n` of the voids that were met. */
  readonly voids: readonly number[];
}

/** A range of `seq`, both ends included, and from which end the page is taken. */
interface Range {
  readonly first: number;
  readonly last: number;
  readonly limit: number;
  readonly from: 'oldest' | 'newest';
}

/** One page of messages between two exclusive bounds: the oldest ones when only `after` is given, else the newest. */
export async function history(
  reader: ChangeReader,
  conversation: Conversation,
  me: Member,
  { before, after, limit }: HistoryQuery,
  waits?: Patience,
): Promise<History> {
  const first = Math.max(me.joinedSeq, after ?? 0) + 1;
  const last = Math.min(conversation.seq, (before ?? Number.POSITIVE_INFINITY) - 1);
  const from = after !== undefined && before === undefined ? 'oldest' : 'newest';
  const page = await readMessages(reader, conversation.id, { first, last, limit, from }, waits);
  return { messages: page.messages.map((change) => messageOf(change)), hasMore: page.hasMore };
}

/** Reads on until a page is full of messages, whatever else stands between them. */
export async function readMessages(
  reader: ChangeReader,
  conversationId: string,
  { first, last, limit, from }: Range,
  waits?: Patience,
): Promise<Page> {
  const messages: MessageChange[] = [];
  const voids: number[] = [];
  const newest = from === 'newest';
  for (let [low, high] = [first, last]; low <= high && messages.length <= limit; ) {
    const [bottom, top] = newest ? [Math.max(low, high - limit), high] : [low, Math.min(high, low + limit)];
    const changes = await readAll(reader, conversationId, bottom, top, waits);
    const found = changes.filter((change) => change.type === 'message');
    messages.splice(newest ? 0 : messages.length, 0, ...found);
    voids.push(...voidsOf(changes));
    if (newest) high = bottom - 1;
    else low = top + 1;
  }
  return {
    messages: newest ? messages.slice(-limit) : messages.slice(0, limit),
    hasMore: messages.length > limit,
    voids,
  };
}

export function voidsOf(changes: readonly Change[]): number[] {
  return changes.filter(({ type }) => type === 'void').map(({ n }) => n);
}

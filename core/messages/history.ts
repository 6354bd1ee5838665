import { floorOf, type OwnConversation } from '#core/access.ts';
import type { Change, MessageChange } from '#core/conversations/change.ts';
import { type DescriptionChange, descriptionEvent, isDescription } from '#core/conversations/described.ts';
import { type Patience, type PatientReader, readAll } from '#core/conversations/read.ts';
import type { History, HistoryQuery } from '#protocol/history.ts';
import { limits } from '#protocol/limits.ts';
import { type MessageReader, messagesFor } from './message-view.ts';

interface Page {
  readonly messages: readonly MessageChange[];
  /** Other changes that were read with them, perhaps from beyond the first or last of the messages. */
  readonly described: readonly DescriptionChange[];
  /** The `n` of the voids that were found. */
  readonly voids: readonly number[];
}

/** A range of `seq`, both ends included, and how many messages are wanted from one of its ends. */
interface Range {
  readonly first: number;
  readonly last: number;
  readonly limit: number;
  readonly from: 'oldest' | 'newest';
}

/**
 * One page of messages between two exclusive bounds. It has the oldest ones if only `after` is given, else the newest ones. What happened
 * to the members and the group between them was read anyway (decision 0164).
 */
export async function history(
  reader: MessageReader & PatientReader & { avatarUrl(mediaId: string): string },
  { conversation, me }: OwnConversation,
  { before, after, limit }: HistoryQuery,
  waits?: Patience,
): Promise<History> {
  const first = Math.max(floorOf(conversation, me), after ?? 0) + 1;
  const last = Math.min(conversation.seq, (before ?? Number.POSITIVE_INFINITY) - 1);
  const from = after !== undefined && before === undefined ? 'oldest' : 'newest';
  // One message more than requested is read, to see whether there are more.
  const range = { first, last, limit: limit + 1, from } as const;
  const { messages, described } = await readMessages(reader, conversation.id, range, waits);
  const page = from === 'newest' ? messages.slice(-limit) : messages.slice(0, limit);
  const hasMore = messages.length > limit;
  // What is beyond the page's last message belongs to the next page.
  const low = hasMore && from === 'newest' ? (page[0]?.seq ?? first) : first;
  const high = hasMore && from === 'oldest' ? (page.at(-1)?.seq ?? last) : last;
  const changes = described.filter(({ seq }) => seq >= low && seq <= high).slice(-limits.historyChanges);
  return {
    messages: await messagesFor(reader, me.userId, page),
    hasMore,
    changes: changes.map((change) => descriptionEvent(change, reader.avatarUrl)),
  };
}

/** The most changes that are read at once. There may be thousands of reactions between two messages. */
const largestWindow = 500;

/** Reads changes until `limit` messages are found or the range ends. The messages are in ascending `seq`. */
export async function readMessages(
  reader: PatientReader,
  conversationId: string,
  { first, last, limit, from }: Range,
  waits?: Patience,
): Promise<Page> {
  const messages: MessageChange[] = [];
  const described: DescriptionChange[] = [];
  const voids: number[] = [];
  const newest = from === 'newest';
  for (let [low, high, size] = [first, last, limit]; low <= high && messages.length < limit; ) {
    const [bottom, top] = newest ? [Math.max(low, high - size + 1), high] : [low, Math.min(high, low + size - 1)];
    const changes = await readAll(reader, conversationId, bottom, top, waits);
    const found = changes.filter((change) => change.type === 'message');
    messages.splice(newest ? 0 : messages.length, 0, ...found);
    described.splice(newest ? 0 : described.length, 0, ...changes.filter(isDescription));
    voids.push(...voidsOf(changes));
    if (newest) high = bottom - 1;
    else low = top + 1;
    size = Math.min(size * 2, largestWindow);
  }
  return { messages: newest ? messages.slice(-limit) : messages.slice(0, limit), described, voids };
}

/** The `n` of the voids among some changes. */
export function voidsOf(changes: readonly Change[]): number[] {
  return changes.filter(({ type }) => type === 'void').map(({ n }) => n);
}

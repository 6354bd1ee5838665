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
  const page =
    after !== undefined && before === undefined
      ? await oldest(reader, conversation.id, first, last, limit, waits)
      : await newest(reader, conversation.id, first, last, limit, waits);
  return { messages: page.messages.map(messageOf), hasMore: page.hasMore };
}

const isMessage = (change: Change): change is MessageChange => change.type === 'message';

export function voidsOf(changes: readonly Change[]): number[] {
  return changes.filter(({ type }) => type === 'void').map(({ n }) => n);
}

/** The newest messages from `first` to `last`. */
export async function newest(
  reader: ChangeReader,
  conversationId: string,
  first: number,
  last: number,
  limit: number,
  waits?: Patience,
): Promise<Page> {
  const messages: MessageChange[] = [];
  const voids: number[] = [];
  for (let top = last; top >= first && messages.length <= limit; ) {
    const bottom = Math.max(first, top - limit);
    const changes = await readAll(reader, conversationId, bottom, top, waits);
    messages.unshift(...changes.filter(isMessage));
    voids.push(...voidsOf(changes));
    top = bottom - 1;
  }
  return { messages: messages.slice(-limit), hasMore: messages.length > limit, voids };
}

async function oldest(
  reader: ChangeReader,
  conversationId: string,
  first: number,
  last: number,
  limit: number,
  waits?: Patience,
): Promise<Omit<Page, 'voids'>> {
  const messages: MessageChange[] = [];
  for (let bottom = first; bottom <= last && messages.length <= limit; ) {
    const top = Math.min(last, bottom + limit);
    messages.push(...(await readAll(reader, conversationId, bottom, top, waits)).filter(isMessage));
    bottom = top + 1;
  }
  return { messages: messages.slice(0, limit), hasMore: messages.length > limit };
}

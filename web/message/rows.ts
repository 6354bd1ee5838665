import type { Message, Outgoing } from '#client/index.ts';
import type { Passage } from '#web/conversation/message-history.ts';
import { dayOf } from '#web/ui/dates.ts';

/** Messages of one sender are grouped if they are less than this apart, in ms. */
const groupMs = 5 * 60_000;

/** Where a message stands in a run: messages that one person writes shortly after one another, and that are shown as a group. */
export interface PlaceInRun {
  /** The one before it belongs to the same run. */
  readonly follows: boolean;
  /** The one after it belongs to the same run. */
  readonly followed: boolean;
}

/** A row of the message list. `key` stays the same as long as the row is about the same. */
export type Row = { readonly key: string } & (
  | { readonly kind: 'newer' | 'unread' }
  | { readonly kind: 'day'; readonly at: string }
  | ({ readonly kind: 'message'; readonly message: Message } & PlaceInRun)
  | { readonly kind: 'outgoing'; readonly entry: Outgoing }
);

export interface RowsOptions extends Passage {
  /** Messages in the outbox. */
  readonly waiting: readonly Outgoing[];
  /** The heading “New messages” comes before the first message of others after this `seq`; without it there is none. */
  readonly seenUpTo: number | undefined;
  /** The signed-in person's id. */
  readonly me: string;
}

/**
 * Makes the rows of a message list. The person’s place in it is kept by the first row in sight, so a row must not move to another place
 * when older messages are added: the first message has no heading with its day as long as there may be older ones of that day.
 */
export function rowsOf({ messages, hasOlder, hasNewer, waiting, seenUpTo, me }: RowsOptions): Row[] {
  const rows: Row[] = [];
  // The first unread message may be before those that are loaded.
  let isPastSeen = seenUpTo === undefined || (hasOlder && (messages[0]?.seq ?? 0) > seenUpTo);
  // Clocks differ: a message may be of an earlier day than the one before it.
  const days = new Set<number>();
  let previous: Message | undefined;
  for (const message of messages) {
    const day = dayOf(message.sentAt);
    const isNewDay = !days.has(day);
    days.add(day);
    const isFirstNew = !isPastSeen && message.seq > (seenUpTo ?? 0) && message.senderId !== me;
    if (isFirstNew) isPastSeen = true;
    if (isNewDay && (previous || !hasOlder)) rows.push({ kind: 'day', key: `day ${day}`, at: message.sentAt });
    if (isFirstNew) rows.push({ kind: 'unread', key: 'unread' });
    const follows =
      !isNewDay &&
      !isFirstNew &&
      previous?.senderId === message.senderId &&
      Date.parse(message.sentAt) - Date.parse(previous.sentAt) < groupMs;
    const last = rows.at(-1);
    if (follows && last?.kind === 'message') rows[rows.length - 1] = { ...last, followed: true };
    rows.push({ kind: 'message', key: message.clientId, message, follows, followed: false });
    previous = message;
  }
  if (hasNewer) return [...rows, { kind: 'newer', key: 'newer' }];
  const sent = new Set(waiting.length > 0 ? messages.map(({ clientId }) => clientId) : []);
  for (const entry of waiting) if (!sent.has(entry.id)) rows.push({ kind: 'outgoing', key: entry.id, entry });
  return rows;
}

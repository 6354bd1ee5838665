import type { Description, Message, Outgoing } from '#client/index.ts';
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
  /** What happened to the group, or the same to several members one after the other. */
  | { readonly kind: 'change'; readonly changes: readonly Description[] }
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
export function rowsOf({ messages, changes, hasOlder, hasNewer, waiting, seenUpTo, me }: RowsOptions): Row[] {
  const rows: Row[] = [];
  // The first unread message may be before those that are loaded.
  let isPastSeen = seenUpTo === undefined || (hasOlder && (messages[0]?.seq ?? 0) > seenUpTo);
  // Clocks differ: a message may be of an earlier day than the one before it.
  const days = new Set<number>();
  let previous: Message | undefined;
  const lines = runsOf(changes);
  for (const message of messages) {
    const between = takeBefore(lines, message.seq);
    rows.push(...between);
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
      between.length === 0 &&
      previous?.senderId === message.senderId &&
      Date.parse(message.sentAt) - Date.parse(previous.sentAt) < groupMs;
    const last = rows.at(-1);
    if (follows && last?.kind === 'message') rows[rows.length - 1] = { ...last, followed: true };
    rows.push({ kind: 'message', key: message.clientId, message, follows, followed: false });
    previous = message;
  }
  rows.push(...takeBefore(lines, hasNewer ? 0 : Number.POSITIVE_INFINITY));
  if (hasNewer) return [...rows, { kind: 'newer', key: 'newer' }];
  const sent = new Set(waiting.length > 0 ? messages.map(({ clientId }) => clientId) : []);
  for (const entry of waiting) if (!sent.has(entry.id)) rows.push({ kind: 'outgoing', key: entry.id, entry });
  return rows;
}

type ChangeRow = Extract<Row, { kind: 'change' }>;

/** Takes the rows of what happened before a `seq` off the list. */
function takeBefore(lines: ChangeRow[], seq: number): ChangeRow[] {
  const end = lines.findIndex(({ changes }) => (changes[0]?.seq ?? 0) > seq);
  return lines.splice(0, end === -1 ? lines.length : end);
}

/** What happened to a group, with the same that happened to several members in a row gathered in one line. */
function runsOf(changes: readonly Description[]): ChangeRow[] {
  const lines: ChangeRow[] = [];
  for (const [i, change] of changes.entries()) {
    const next = changes[i + 1];
    // Whoever deletes their account leaves first.
    if (next?.type === 'member' && next.change === 'erased' && isAbout(change, next.userId)) continue;
    const last = lines.at(-1);
    const before = last?.changes.at(-1);
    // A message may stand between the two only if there is a number for it.
    if (last && before?.seq === change.seq - 1 && isAlike(before, change))
      lines[lines.length - 1] = { ...last, changes: [...last.changes, change] };
    else lines.push({ kind: 'change', key: `change ${change.seq}`, changes: [change] });
  }
  return lines;
}

function isAbout(change: Description, userId: string): boolean {
  return change.type === 'member' && change.userId === userId;
}

/** Whether two people had the same done to them by the same person, or did the same by themselves. */
function isAlike(a: Description, b: Description): boolean {
  if (a.type !== 'member' || b.type !== 'member') return false;
  const isOwn = a.by === a.userId;
  return a.change === b.change && a.role === b.role && isOwn === (b.by === b.userId) && (isOwn || a.by === b.by);
}

import { floorOf, maySee } from '#core/access.ts';
import { chunk } from '#core/chunk.ts';
import { type Change, isRevision, isVisible, type MessageChange } from '#core/conversations/change.ts';
import { readAll } from '#core/conversations/read.ts';
import { eventOf } from '#core/delivery/event.ts';
import { readMessages, voidsOf } from '#core/messages/history.ts';
import { messagesFor } from '#core/messages/message-view.ts';
import { pastOwn, unreadOf } from '#core/messages/unread.ts';
import type * as wire from '#protocol/conversations.ts';
import type { ConversationEvent, Sync, SyncedConversation, SyncRequest } from '#protocol/events.ts';
import { limits } from '#protocol/limits.ts';
import { type ConversationReader, conversationView } from './conversation-view.ts';
import { type Listed, loadListed, type Own, overview, type SummaryStore } from './summary.ts';

export interface SyncStore extends ConversationReader, SummaryStore {}

/**
 * The most changes of one conversation in an answer. A client that is more than `resyncAfter` behind gets the newest page
 * instead.
 */
const changesAtOnce = 200;
const resyncAfter = 2_000;
const addedAtOnce = 100;
const conversationsAtOnce = 10;
/**
 * After this size, the other conversations get `more`. Lambda allows answers of 6 MB ("Lambda quotas"), and the last batch may
 * exceed this.
 */
const answerBytes = 1_000_000;
/** The most bytes of events for one conversation. They can be large, because each reaction has its message, which may be long. */
const eventsBytes = 400_000;

/** All changes in a user's conversations since the client's cursors. */
export async function sync(store: SyncStore, userId: string, request: SyncRequest): Promise<Sync> {
  const { conversations, summarize } = await overview(store, userId);
  const [answer] = await Promise.all([answerTo(store, userId, request, conversations), summarize()]);
  return answer;
}

async function answerTo(
  store: SyncStore,
  userId: string,
  { cursors, epochs = {} }: SyncRequest,
  all: readonly Listed[],
): Promise<Sync> {
  const cursorOf = (id: string) => (Object.hasOwn(cursors, id) ? cursors[id] : undefined);
  const epochOf = (id: string) => epochs[id] ?? store.epoch;
  const unchanged = all.flatMap((one) =>
    epochOf(one.id) === store.epoch ? unchangedSince(one, cursorOf(one.id), store.epoch) : [],
  );
  const settled = new Set(unchanged.map(({ conversationId }) => conversationId));
  const unknown = all.filter(({ id }) => cursorOf(id) === undefined);
  const behind = all.filter(({ id }) => cursorOf(id) !== undefined && !settled.has(id));
  const ids = new Set(all.map(({ id }) => id));

  const conversations: SyncedConversation[] = [...unchanged];
  let bytes = 0;
  for (const batch of chunk(await loadListed(store, userId, behind), conversationsAtOnce)) {
    const full = bytes > answerBytes;
    const synced = await Promise.all(
      batch.map((one) => {
        const { id } = one.conversation;
        return syncOne(store, one, { cursor: cursorOf(id) ?? 0, epoch: epochOf(id), full });
      }),
    );
    bytes += Buffer.byteLength(JSON.stringify(synced));
    conversations.push(...synced);
  }
  const added: wire.Conversation[] = [];
  for (const batch of chunk(await loadListed(store, userId, unknown.slice(0, addedAtOnce)), conversationsAtOnce))
    added.push(...(await Promise.all(batch.map((one) => conversationView(store, one, one.muted)))));
  return {
    conversations,
    added,
    removed: Object.keys(cursors).filter((id) => !ids.has(id)),
    more: unknown.length > addedAtOnce || conversations.some(({ more }) => more),
  };
}

/** The entry of a conversation that is as its summary says, for a client that has all of it. */
function unchangedSince(
  { id, muted, summary }: Listed,
  cursor: number | undefined,
  epoch: string,
): SyncedConversation[] {
  if (!summary || summary.seq !== cursor) return [];
  const { seq: lastSeq, readSeq, unread } = summary;
  return [{ conversationId: id, epoch, lastSeq, readSeq, unread, muted, events: [], more: false }];
}

async function syncOne(
  store: SyncStore,
  own: Own,
  { cursor, epoch, full }: { cursor: number; epoch: string; full: boolean },
): Promise<SyncedConversation> {
  const { conversation, me, muted } = own;
  const { id, seq } = conversation;
  const state = async (read: readonly Change[] = [], voids: readonly number[] = voidsOf(read)) => {
    const current = pastOwn(own, read);
    const unread = await unreadOf(store, current, voids);
    return { conversationId: id, epoch: store.epoch, lastSeq: seq, readSeq: current.me.readSeq, unread, muted };
  };
  const floor = floorOf(conversation, me);
  const from = Math.max(cursor, floor);
  // A cursor of another epoch says nothing about this one, although it may look like a valid one.
  const isForeign = epoch !== store.epoch || cursor > seq;
  if (full && (isForeign || from < seq)) return { ...(await state()), events: [], more: true };
  // A client of a user who left and came back has messages that they may not see any more.
  const cameBack = cursor > 0 && cursor < floor;
  if (isForeign || seq - from > resyncAfter || cameBack) {
    const page = { first: floor + 1, last: seq, limit: limits.pageSize.default, from: 'newest' } as const;
    const { messages, voids } = await readMessages(store, id, page);
    return {
      ...(await state(messages, voids)),
      events: await eventsFor(store, own, messages),
      more: false,
      resync: true,
    };
  }
  const changes: Change[] = [];
  let read = from;
  // Pages without events are skipped. A client takes its cursor from events, so it would request such a page forever.
  while (read < seq && !changes.some(isVisible)) {
    const last = Math.min(seq, read + changesAtOnce);
    changes.push(...(await readAll(store, id, read + 1, last)));
    read = last;
  }
  const all = await eventsFor(store, own, changes);
  const events = firstOf(all, eventsBytes);
  return { ...(await state(changes)), events, more: read < seq || events.length < all.length };
}

/** The events of some changes for one user. Edits, deletions and reactions have the present state of their message. */
async function eventsFor(
  store: SyncStore,
  { conversation, me }: Own,
  changes: readonly Change[],
): Promise<ConversationEvent[]> {
  const messages = new Map<number, MessageChange>();
  const missing = new Set<number>();
  for (const change of changes) {
    if (change.type === 'message') messages.set(change.seq, change);
    if (!isRevision(change) || !maySee(conversation, me, change.target)) continue;
    // A message is read again if it is older than its change. That happens if both were read while they were being committed.
    if ((messages.get(change.target)?.updatedSeq ?? 0) < change.seq) missing.add(change.target);
  }
  for (const change of missing.size > 0 ? await store.at(conversation.id, [...missing]) : [])
    if (change.type === 'message') messages.set(change.seq, change);
  const views = await messagesFor(store, me.userId, [...messages.values()]);
  const bySeq = new Map(views.map((message) => [message.seq, message]));
  return changes
    .filter(isVisible)
    .map((change) => eventOf(change, bySeq.get(isRevision(change) ? change.target : change.seq), store.avatarUrl));
}

/** As many events as fit into so many bytes, but at least one. */
function firstOf(events: readonly ConversationEvent[], bytes: number): ConversationEvent[] {
  const fitting: ConversationEvent[] = [];
  let size = 0;
  for (const event of events) {
    size += Buffer.byteLength(JSON.stringify(event));
    if (size > bytes && fitting.length > 0) break;
    fitting.push(event);
  }
  return fitting;
}

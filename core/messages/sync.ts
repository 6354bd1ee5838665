import type * as wire from '../../protocol/conversations.ts';
import type { Sync, SyncedConversation, SyncRequest } from '../../protocol/events.ts';
import { limits } from '../../protocol/limits.ts';
import { type Conversation, type Member, unread } from '../conversations/conversation.ts';
import { byActivity, type ConversationReader, conversationView, type Membership } from '../conversations/view.ts';
import { type Change, eventOf } from './change.ts';
import { readMessages, voidsOf } from './history.ts';
import { readAll } from './read.ts';

export interface SyncStore extends ConversationReader {
  memberships(userId: string): Promise<Membership[]>;
  loadAll(conversationIds: readonly string[], userId: string): Promise<Conversation[]>;
}

interface Own {
  readonly conversation: Conversation;
  readonly me: Member;
  readonly muted: boolean;
}

/** Changes of one conversation in one answer; a client that is further behind than `resyncAfter` starts afresh. */
const changesAtOnce = 200;
const resyncAfter = 2_000;
const addedAtOnce = 100;
const conversationsAtOnce = 10;
/** Below Lambda's 6 MB for an answer ("Lambda quotas"), with room for a batch that goes over it. */
const answerBytes = 1_000_000;

/** Everything that changed in a user's conversations since their cursors. */
export async function sync(store: SyncStore, userId: string, { cursors }: SyncRequest): Promise<Sync> {
  const own = await ownConversations(store, userId);
  const known = own.filter(({ conversation }) => Object.hasOwn(cursors, conversation.id));
  const unknown = own.filter(({ conversation }) => !Object.hasOwn(cursors, conversation.id));
  const ids = new Set(own.map(({ conversation }) => conversation.id));

  const conversations: SyncedConversation[] = [];
  let bytes = 0;
  for (const batch of chunks(known, conversationsAtOnce)) {
    const full = bytes > answerBytes;
    const synced = await Promise.all(batch.map((one) => syncOne(store, one, cursors[one.conversation.id] ?? 0, full)));
    bytes += Buffer.byteLength(JSON.stringify(synced));
    conversations.push(...synced);
  }
  const added: wire.Conversation[] = [];
  for (const batch of chunks(unknown.slice(0, addedAtOnce), conversationsAtOnce))
    added.push(
      ...(await Promise.all(
        batch.map(({ conversation, me, muted }) => conversationView(store, conversation, me, muted)),
      )),
    );
  return {
    conversations,
    added,
    removed: Object.keys(cursors).filter((id) => !ids.has(id)),
    more: unknown.length > addedAtOnce || conversations.some(({ more }) => more),
  };
}

/** A user's conversations, latest activity first. */
export async function ownConversations(store: SyncStore, userId: string): Promise<Own[]> {
  const memberships = new Map(
    (await store.memberships(userId)).map(({ conversationId, muted }) => [conversationId, muted]),
  );
  const conversations = await store.loadAll([...memberships.keys()], userId);
  return conversations.sort(byActivity).flatMap((conversation) => {
    const me = conversation.members.get(userId);
    return me ? [{ conversation, me, muted: memberships.get(conversation.id) ?? false }] : [];
  });
}

async function syncOne(
  store: SyncStore,
  { conversation, me }: Own,
  cursor: number,
  full: boolean,
): Promise<SyncedConversation> {
  const { id, seq } = conversation;
  const state = (voids: readonly number[] = []) => ({
    conversationId: id,
    lastSeq: seq,
    readSeq: me.readSeq,
    unread: unread(conversation, me, voids),
  });
  const from = Math.max(cursor, me.joinedSeq);
  if (full && from < seq) return { ...state(), events: [], more: true };
  if (cursor > seq || seq - from > resyncAfter) {
    const page = { first: me.joinedSeq + 1, last: seq, limit: limits.pageSize.default, from: 'newest' } as const;
    const { messages, voids } = await readMessages(store, id, page);
    return { ...state(voids), events: messages.flatMap((change) => eventOf(change) ?? []), more: false, resync: true };
  }
  const changes: Change[] = [];
  let read = from;
  // On over a page of voids, or the client would ask for it for ever.
  while (read < seq && changes.every(({ type }) => type === 'void')) {
    const last = Math.min(seq, read + changesAtOnce);
    changes.push(...(await readAll(store, id, read + 1, last)));
    read = last;
  }
  const events = changes.flatMap((change) => eventOf(change) ?? []);
  return { ...state(voidsOf(changes)), events, more: read < seq };
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

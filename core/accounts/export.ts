import { isoTime } from '#core/clock.ts';
import type { Change, MessageChange } from '#core/conversations/change.ts';
import type { Conversation } from '#core/conversations/conversation.ts';
import { emptyList, type InvitationList } from '#core/conversations/invitations.ts';
import { messageOf } from '#core/messages/message.ts';
import type { Export, ExportQuery } from '#protocol/export.ts';
import { fail, type Result } from '#protocol/failures.ts';
import type { Settings } from '#protocol/people.ts';
import { type Activities, activityOf } from './activity.ts';
import type { Caller } from './caller.ts';
import { loginsOf } from './logins.ts';
import type { Families, Users } from './ports.ts';
import { ownUser } from './user.ts';

export interface ExportStore
  extends Pick<Users, 'get' | 'avatarUrl'>,
    Pick<Families, 'liveOf'>,
    Pick<Activities, 'newest'> {
  settings(userId: string): Promise<Settings | undefined>;
  blockedBy(userId: string): Promise<string[]>;
  invitationsOf(userIds: readonly string[]): Promise<ReadonlyMap<string, InvitationList>>;
  /** The conversations in which a user is or was. */
  everJoined(userId: string): Promise<string[]>;
  loadAll(conversationIds: readonly string[], userId: string): Promise<Conversation[]>;
  range(conversationId: string, first: number, last: number): Promise<Change[]>;
  at(conversationId: string, seqs: readonly number[]): Promise<Change[]>;
}

/** What one page looks at: at most 4 MB of the longest messages, if all were the person's. */
const changesAtOnce = 100;
const looksAPage = 10;

/**
 * One page of what is kept about a person: themselves first, then their messages, conversation by conversation. The cursor alone
 * knows where it is. Errors: `not_found`, `bad_request` (no cursor of ours).
 */
export async function exportPage(
  store: ExportStore,
  caller: Pick<Caller, 'userId' | 'familyId'>,
  { cursor }: ExportQuery,
  now: number,
): Promise<Result<Export>> {
  const { userId } = caller;
  const ids = (await store.everJoined(userId)).sort();
  if (cursor === undefined) {
    const person = await personOf(store, caller, ids, now);
    if (!person) return fail('not_found');
    return { ok: { person, messages: [], nextCursor: ids[0] ? cursorAt(ids[0], 0) : null } };
  }
  const position = positionOf(cursor);
  if (!position) return fail('bad_request', 'The cursor is not one that was given out.');
  const messages: Export['messages'] = [];
  let { conversationId, seq } = position;
  for (let looks = 0; looks < looksAPage; looks++) {
    const changes = await store.range(conversationId, seq + 1, seq + changesAtOnce);
    messages.push(...(await exported(store, changes.filter(isMessageOf(userId)))));
    const last = changes.at(-1);
    if (last) seq = last.seq;
    else {
      const next = ids.find((id) => id > conversationId);
      if (next === undefined) return { ok: { messages, nextCursor: null } };
      [conversationId, seq] = [next, 0];
    }
  }
  return { ok: { messages, nextCursor: cursorAt(conversationId, seq) } };
}

async function personOf(
  store: ExportStore,
  caller: Pick<Caller, 'userId' | 'familyId'>,
  ids: readonly string[],
  now: number,
): Promise<Export['person']> {
  const { userId } = caller;
  const [account, settings, blocks, lists, sessions, activity, conversations] = await Promise.all([
    store.get(userId),
    store.settings(userId),
    store.blockedBy(userId),
    store.invitationsOf([userId]),
    loginsOf(store, caller, now),
    activityOf(store, userId),
    store.loadAll(ids, userId),
  ]);
  if (!account || !settings) return undefined;
  const { pending, declined } = lists.get(userId) ?? emptyList;
  return {
    user: ownUser(store, account),
    settings,
    blocks,
    invitations: pending.map(({ conversationId, by, at }) => ({ conversationId, by, createdAt: isoTime(at) })),
    declinedInvitations: [...declined].map(([conversationId, at]) => ({ conversationId, declinedAt: isoTime(at) })),
    sessions,
    activity,
    conversations: conversations.map(({ id, type, name }) => ({ id, type, name })),
  };
}

async function exported(store: ExportStore, own: readonly MessageChange[]): Promise<Export['messages']> {
  return Promise.all(
    own.map(async (message) => {
      const { conversationId, edits = [] } = message;
      const earlier = edits.length > 0 ? await store.at(conversationId, edits) : [];
      const versions = earlier
        .filter((change) => change.type === 'edited')
        .sort((a, b) => a.seq - b.seq)
        .map(({ before = '', at }) => ({ text: before, replacedAt: isoTime(at) }));
      return { conversationId, message: messageOf(message), versions };
    }),
  );
}

function isMessageOf(userId: string) {
  return (change: Change): change is MessageChange => change.type === 'message' && change.senderId === userId;
}

const cursorAt = (conversationId: string, seq: number) => `${conversationId}.${seq}`;

function positionOf(cursor: string): { conversationId: string; seq: number } | undefined {
  const [, conversationId, seq] = /^([0-9a-f-]{36})\.(\d{1,12})$/.exec(cursor) ?? [];
  return conversationId && seq ? { conversationId, seq: Number(seq) } : undefined;
}

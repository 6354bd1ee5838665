import { v7 as uuidv7 } from 'uuid';
import * as z from 'zod/mini';
import { createMedia } from '#adapters/dynamo/media/media.ts';
import { createBlocks } from '#adapters/dynamo/messages/blocks.ts';
import { createContacts } from '#adapters/dynamo/messages/contacts.ts';
import { addedAtOnce, foundersAtOnce } from '#adapters/dynamo/messages/conversations.ts';
import { createInvitations } from '#adapters/dynamo/messages/invitations.ts';
import { createPlans } from '#adapters/dynamo/messages/plans.ts';
import { createPresenceSubscriptions } from '#adapters/dynamo/presence-subscriptions/presence-subscriptions.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { runtime } from '#adapters/runtime.ts';
import { loadOwn } from '#core/access.ts';
import { type Changed, type ConversationStore, createCommands } from '#core/conversations/commands.ts';
import type { Conversation } from '#core/conversations/conversation.ts';
import { deliverWritten } from '#core/delivery/changes.ts';
import { deliverInvitation } from '#core/delivery/conversations.ts';
import { isAvatarOf } from '#core/media/media.ts';
import { createRecentCache, readRecent } from '#core/messages/recent.ts';
import { chatStores } from '#lambdas/kit/conversation-dependencies.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { count } from '#lambdas/kit/invocation.ts';
import { journal } from '#lambdas/kit/journal.ts';
import { logger } from '#lambdas/kit/log.ts';
import { rateLimits } from '#lambdas/kit/rate-limits.ts';
import type { Result } from '#protocol/failures.ts';
import * as value from '#protocol/values.ts';

const { client, table, conversations, changes, sessions, delivery } = chatStores();
const media = createMedia(client, createTable(client, setting('MEDIA_TABLE')));

export { delivery };

/**
 * The size of the cache in bytes of JSON, which is enough for the newest pages of some thousand conversations. The objects take
 * about three times as much memory.
 */
const recentCache = createRecentCache(32 * 1024 * 1024);

/** A reader of a conversation's changes that uses the environment's cache of the newest ones. */
export const recent = (conversation: Conversation) =>
  readRecent(store, recentCache, conversation.seq, (outcome) => {
    if (outcome === 'failed') logger.warn('The cache of recent messages failed');
    else count(outcome === 'hit' ? 'RecentHits' : 'RecentMisses');
  });

export const allow = rateLimits(client);

export const store = {
  ...runtime,
  ...conversations,
  ...changes,
  avatarUrl: delivery.avatarUrl,
  epoch: setting('GENERATION'),
};

const blocks = createBlocks(client, table, conversations);
const presence = createPresenceSubscriptions(createTable(client, setting('PRESENCE_SUBSCRIPTIONS_TABLE')));

/** What blocking somebody needs. */
export const blocking = {
  ...blocks,
  journal,
  usersAmong: sessions.usersAmong,
  noteBlocks: sessions.noteBlocks,
  unsubscribeFrom: (userId: string, subscriberId: string) =>
    presence.unsubscribeFrom(userId, subscriberId, runtime.now()),
};

export const conversationStore: ConversationStore = {
  ...runtime,
  ...conversations,
  ...createContacts(table, conversations),
  ...createInvitations(table),
  apply: createPlans(client, table, media),
  isAvatarOf: async (mediaId, userId) => isAvatarOf(await media.get(mediaId), userId),
  hasBlocked: blocks.hasBlocked,
  mayBegin: (by) => allow(by, { directs: 1 }),
  whoMayAdd: sessions.whoMayAdd,
  foundersAtOnce,
  addedAtOnce,
  newId: uuidv7,
};

export const commands = createCommands(conversationStore);

/** The path parameters of the endpoints. */
export const oneConversation = z.strictObject({ id: value.id });
export const oneMessage = z.strictObject({ id: value.id, seq: value.numberInQuery });
export const oneMember = z.strictObject({ id: value.id, userId: value.id });

/** Loads a conversation of which the caller is a member. Errors: `not_found`, `forbidden`. */
export const ownConversation = (userId: string, conversationId: string) => loadOwn(store, userId, conversationId);

/** Delivers the changes and the invitations of a command, then calls `answer`. If the command failed, it returns that failure. */
export async function afterDelivery<T>(
  conversationId: string,
  result: Result<Changed>,
  answer: () => Promise<Result<T>>,
): Promise<Result<T>> {
  if ('error' in result) return result;
  await deliverWritten(delivery, conversationId, result.ok.changes);
  await deliverInvitation(delivery, result.ok.invited, conversationId);
  return answer();
}

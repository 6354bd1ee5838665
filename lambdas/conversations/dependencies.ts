import { v7 as uuidv7 } from 'uuid';
import * as z from 'zod/mini';
import { createMedia } from '#adapters/dynamo/media/media.ts';
import { createBlocks } from '#adapters/dynamo/messages/blocks.ts';
import { addedAtOnce, foundersAtOnce } from '#adapters/dynamo/messages/conversations.ts';
import { createPlans } from '#adapters/dynamo/messages/plans.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { type Changed, createCommands } from '#core/conversations/commands.ts';
import type { Conversation } from '#core/conversations/conversation.ts';
import { createRecentCache, readRecent } from '#core/messages/recent.ts';
import { chatStores } from '#lambdas/kit/conversation-dependencies.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { count } from '#lambdas/kit/metrics.ts';
import { rateLimits } from '#lambdas/kit/rate-limits.ts';
import { fail, type Result } from '#protocol/failures.ts';
import * as value from '#protocol/values.ts';

const { client, table, conversations, changes, sessions, listeners, deliver, tell, avatarUrl } = chatStores();
const media = createMedia(client, createTable(client, setting('MEDIA_TABLE')));

export { sessions };

/** Room for the newest pages of some thousand rooms; as objects they take about three times as much of the function's memory. */
const recentCache = createRecentCache(32 * 1024 * 1024);

/** Reads a conversation's newest messages from this environment's memory, as far as they are there. */
export const recent = (conversation: Conversation) =>
  readRecent(store, recentCache, conversation.seq, (what) => count({ [what]: 1 }));

export const allow = rateLimits(client);

export const store = { ...conversations, ...changes, avatarUrl };

export const commands = createCommands(
  {
    ...conversations,
    apply: createPlans(client, table, media),
    media: media.get,
    hasBlocked: createBlocks(client, table, conversations).hasBlocked,
    usersAmong: sessions.usersAmong,
    foundersAtOnce,
    addedAtOnce,
  },
  Date.now,
  uuidv7,
);

/** Path parameters. */
export const oneConversation = z.strictObject({ id: value.id });
export const oneMessage = z.strictObject({ id: value.id, seq: value.numberInQuery });
export const oneMember = z.strictObject({ id: value.id, userId: value.id });

/** A conversation with the caller's own entry. Errors: `not_found`, `forbidden`. */
export async function ownConversation(userId: string, conversationId: string) {
  const conversation = await store.load(conversationId, [userId]);
  if (!conversation) return fail('not_found');
  const me = conversation.members.get(userId);
  return me ? { ok: { conversation, me } } : fail('forbidden');
}

/** Tells everyone of a new conversation, which has no change yet that would. */
export async function announceNew(conversationId: string, name: string | null): Promise<void> {
  const conversation = await store.load(conversationId, []);
  if (!conversation) return;
  const event = { type: 'conversation', conversationId, seq: 0, name } as const;
  await deliver([event], await listeners(conversation, Number.POSITIVE_INFINITY));
}

/** Tells one's own devices, which the protocol can't tell from the one that asked. */
export async function announceMuted(userId: string, conversationId: string, muted: boolean): Promise<void> {
  await deliver([{ type: 'muted', conversationId, muted }], await sessions.connectionsOf([userId], Date.now()));
}

/** Tells of what a command did, where that isn't done from the stream, then answers. */
export async function announced<T>(
  conversationId: string,
  result: Result<Changed>,
  answer: () => Promise<Result<T>>,
): Promise<Result<T>> {
  if ('error' in result) return result;
  const changes = result.ok.changes.filter(({ fanout }) => fanout === undefined);
  const conversation = changes.length > 0 ? await store.load(conversationId, []) : undefined;
  if (conversation) await tell(conversation, changes);
  return answer();
}

import * as z from 'zod/mini';
import { createClient } from '#adapters/dynamo/client.ts';
import { createSessions } from '#adapters/dynamo/connections/sessions.ts';
import { createMedia } from '#adapters/dynamo/media/media.ts';
import { createBlocks } from '#adapters/dynamo/messages/blocks.ts';
import { createConversations } from '#adapters/dynamo/messages/conversations.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { createAvatars } from '#adapters/dynamo/users/avatars.ts';
import { createUsers } from '#adapters/dynamo/users/users.ts';
import { createPresenceChanges } from '#adapters/queues/presence-changes.ts';
import { runtime } from '#adapters/runtime.ts';
import { avatarUrls } from '#core/media/media.ts';
import { setting } from '#lambdas/kit/environment.ts';
import type { Answer } from '#lambdas/kit/http.ts';
import { presenceStores } from '#lambdas/kit/presence-dependencies.ts';
import { rateLimits } from '#lambdas/kit/rate-limits.ts';
import type { Result } from '#protocol/failures.ts';
import { id } from '#protocol/values.ts';

const client = createClient();
const messages = createTable(client, setting('MESSAGES_TABLE'));
export const profiles = createTable(client, setting('USERS_TABLE'));
export const users = createUsers(profiles, avatarUrls(setting('MEDIA_URL')));
const media = createMedia(client, createTable(client, setting('MEDIA_TABLE')));
export const avatars = { ...runtime, ...createAvatars(client, profiles, media) };
export const sessions = createSessions(createTable(client, setting('CONNECTIONS_TABLE')));
const conversations = createConversations(client, messages);
export const blocks = createBlocks(client, messages, conversations);
export const presence = presenceStores({ client, table: messages, conversations, sessions });

export const allow = rateLimits(client);
export const tellPresence = createPresenceChanges(setting('PRESENCE_CHANGES_QUEUE_URL'));

/** The path parameters of endpoints for one user. */
export const oneUser = z.strictObject({ id });

export function answer(result: Result<unknown>): Result<Answer> {
  return 'ok' in result ? { ok: { body: result.ok } } : result;
}

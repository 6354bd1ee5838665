import * as z from 'zod/mini';
import { createAvatars } from '../../adapters/dynamo/avatars.ts';
import { createBlocks } from '../../adapters/dynamo/blocks.ts';
import { createClient } from '../../adapters/dynamo/client.ts';
import { createConversations } from '../../adapters/dynamo/conversations.ts';
import { createMedia } from '../../adapters/dynamo/media.ts';
import { createSessions } from '../../adapters/dynamo/sessions.ts';
import { createTable } from '../../adapters/dynamo/table.ts';
import { createUsers } from '../../adapters/dynamo/users.ts';
import { avatarUrls } from '../../core/media/media.ts';
import type { Result } from '../../protocol/failures.ts';
import { id } from '../../protocol/values.ts';
import { setting } from '../kit/environment.ts';
import type { Answer } from '../kit/http.ts';
import { presenceStores } from '../kit/presence.ts';

const client = createClient();
const messages = createTable(client, setting('MESSAGES_TABLE'));
export const profiles = createTable(client, setting('USERS_TABLE'));
export const users = createUsers(profiles, avatarUrls(setting('MEDIA_URL')));
export const avatars = createAvatars(
  client,
  profiles,
  createMedia(client, createTable(client, setting('MEDIA_TABLE'))),
);
export const sessions = createSessions(createTable(client, setting('CONNECTIONS_TABLE')));
const conversations = createConversations(client, messages);
export const blocks = createBlocks(client, messages, conversations);
export const presence = presenceStores({ client, table: messages, conversations, sessions });

/** Path parameters. */
export const oneUser = z.strictObject({ id });

export function answer(result: Result<unknown>): Result<Answer> {
  return 'ok' in result ? { ok: { body: result.ok } } : result;
}

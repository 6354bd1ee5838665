import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';
import * as z from 'zod/mini';
import type { createClient } from '#adapters/dynamo/client.ts';
import { createSessions } from '#adapters/dynamo/connections/sessions.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { createActivities } from '#adapters/dynamo/users/activities.ts';
import { createFamilies } from '#adapters/dynamo/users/families.ts';
import { createMailLimits } from '#adapters/dynamo/users/mail-limits.ts';
import { createMailTokens } from '#adapters/dynamo/users/mail-tokens.ts';
import { createUsers } from '#adapters/dynamo/users/users.ts';
import { runtime } from '#adapters/runtime.ts';
import { createCloser } from '#adapters/sockets/close.ts';
import { signAccessToken } from '#adapters/tokens/sign.ts';
import { createDeviceTokens } from '#core/accounts/device-token.ts';
import type { LoginWorld } from '#core/accounts/ports.ts';
import { createRefreshTokens } from '#core/accounts/refresh-token.ts';
import { avatarUrls } from '#core/media/media.ts';
import { authSecret } from './auth-secret.ts';
import { setting } from './environment.ts';
import { queueMail } from './mails.ts';
import { recorder } from './record.ts';

const VerifiedEmail = z.enum(['required', 'optional', 'off']);

/** What logins need of the world, set up from the environment. */
export function loginWorld(client: ReturnType<typeof createClient>): LoginWorld {
  const users = createTable(client, setting('USERS_TABLE'));
  const activities = createActivities(users, v7);
  const issuer = setting('TOKEN_ISSUER');
  const sessions = createSessions(createTable(client, setting('CONNECTIONS_TABLE')));
  return {
    users: createUsers(users, avatarUrls(setting('MEDIA_URL'))),
    families: createFamilies(users),
    activities,
    record: recorder(activities),
    mailTokens: createMailTokens(client, users),
    mailLimits: createMailLimits(users),
    queueMail,
    refreshTokens: async () => createRefreshTokens((await authSecret()).pepper),
    deviceTokens: async () => createDeviceTokens((await authSecret()).pepper),
    signAccessToken: async (login, now) => signAccessToken((await authSecret()).keys.current, issuer, login, now),
    verifiedEmail: VerifiedEmail.parse(setting('VERIFIED_EMAIL')),
    closeSockets: createCloser(setting('WEBSOCKET_ENDPOINT'), sessions),
    now: runtime.now,
    newId: v7,
    newSecret: () => randomBytes(32),
  };
}

import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';
import { createClient } from '#adapters/dynamo/client.ts';
import { createSessions } from '#adapters/dynamo/connections/sessions.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { createActivities } from '#adapters/dynamo/users/activities.ts';
import { createAttempts } from '#adapters/dynamo/users/attempts.ts';
import { createFamilies } from '#adapters/dynamo/users/families.ts';
import { createRegistration } from '#adapters/dynamo/users/registration.ts';
import { createUsers } from '#adapters/dynamo/users/users.ts';
import { createPasswords } from '#adapters/passwords/argon2.ts';
import { commonPasswords } from '#adapters/passwords/common.ts';
import { runtime } from '#adapters/runtime.ts';
import { createAuthSecret } from '#adapters/secrets/auth.ts';
import { createCloser } from '#adapters/sockets/close.ts';
import { signAccessToken } from '#adapters/tokens/sign.ts';
import type { World } from '#core/accounts/ports.ts';
import { createRefreshTokens } from '#core/accounts/refresh-token.ts';
import { avatarUrls } from '#core/media/media.ts';
import { setting } from '#lambdas/kit/environment.ts';

const client = createClient();
const users = createTable(client, setting('USERS_TABLE'));
const connections = createTable(client, setting('CONNECTIONS_TABLE'));
const issuer = setting('TOKEN_ISSUER');

export const authSecret = createAuthSecret(setting('AUTH_SECRET_ARN'));

export const world: World = {
  createAccount: createRegistration(client, users, connections),
  users: createUsers(users, avatarUrls(setting('MEDIA_URL'))),
  families: createFamilies(users),
  activities: createActivities(users, v7),
  attempts: createAttempts(users),
  passwords: createPasswords(async () => (await authSecret()).pepper),
  commonPasswords,
  refreshTokens: async () => createRefreshTokens((await authSecret()).pepper),
  signAccessToken: async (userId, familyId, now) =>
    signAccessToken((await authSecret()).keys.current, issuer, { userId, familyId }, now),
  closeSockets: createCloser(setting('WEBSOCKET_ENDPOINT'), createSessions(connections)),
  now: runtime.now,
  newId: v7,
  newSecret: () => randomBytes(32),
};

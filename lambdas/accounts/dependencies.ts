import { createClient } from '#adapters/dynamo/client.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { createAttempts } from '#adapters/dynamo/users/attempts.ts';
import { createRegistration } from '#adapters/dynamo/users/registration.ts';
import { createRegistrationLimit } from '#adapters/dynamo/users/registration-limit.ts';
import { createPasswords } from '#adapters/passwords/argon2.ts';
import { commonPasswords } from '#adapters/passwords/common.ts';
import type { World } from '#core/accounts/ports.ts';
import { authSecret } from '#lambdas/kit/auth-secret.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { loginWorld } from '#lambdas/kit/login-dependencies.ts';
import { rates } from '#lambdas/kit/rates.ts';

const client = createClient();
const users = createTable(client, setting('USERS_TABLE'));

export const world: World = {
  ...loginWorld(client),
  createAccount: createRegistration(client, users, createTable(client, setting('CONNECTIONS_TABLE'))),
  allowRegistration: createRegistrationLimit(users, rates().registrations),
  attempts: createAttempts(users),
  passwords: createPasswords(async () => (await authSecret()).pepper),
  commonPasswords,
};

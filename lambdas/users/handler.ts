import * as z from 'zod/mini';
import { createClient } from '../../adapters/dynamo/client.ts';
import { createTable } from '../../adapters/dynamo/table.ts';
import { createUsers } from '../../adapters/dynamo/users.ts';
import { findUsers, getUser, me, updateUser } from '../../core/accounts/profiles.ts';
import { FindUsers, UpdateUser } from '../../protocol/accounts.ts';
import type { Result } from '../../protocol/failures.ts';
import { id } from '../../protocol/values.ts';
import { setting } from '../kit/environment.ts';
import { type Answer, authenticated, httpHandler } from '../kit/http.ts';

const users = createUsers(createTable(createClient(), setting('USERS_TABLE')));
const params = z.strictObject({ id });

export const handler = httpHandler({
  'GET /users/me': authenticated({}, async ({ userId }) => answer(await me(users, userId))),

  'GET /users/{id}': authenticated({ params }, async (_, { params }) => answer(await getUser(users, params.id))),

  'PUT /users/{id}': authenticated({ params, body: UpdateUser }, async ({ userId }, { params, body }) =>
    answer(await updateUser(users, userId, params.id, body)),
  ),

  'GET /users': authenticated({ query: FindUsers }, async (_, { query }) => answer(await findUsers(users, query))),
});

function answer(result: Result<unknown>): Result<Answer> {
  return 'ok' in result ? { ok: { body: result.ok } } : result;
}

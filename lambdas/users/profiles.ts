import { findUsers, getUser, me, updateUser } from '#core/accounts/profiles.ts';
import { presenceFor } from '#core/people/presence.ts';
import { authenticated } from '#lambdas/kit/http.ts';
import { FindUsers, UpdateUser } from '#protocol/accounts.ts';
import { allow, answer, avatars, oneUser, presence, tellPresence, users } from './dependencies.ts';

export const profileRoutes = {
  'GET /users/me': authenticated({}, async ({ userId }) => answer(await me(users, userId))),

  'GET /users/{id}': authenticated({ params: oneUser }, async (_, { params }) =>
    answer(await getUser(users, params.id)),
  ),

  'PUT /users/{id}': authenticated(
    { params: oneUser, body: UpdateUser, cost: 5 },
    async ({ userId }, { params, body }) => {
      const allowed = await allow(userId, { profiles: 1 });
      if ('error' in allowed) return allowed;
      const changed = await updateUser(users, avatars, userId, params.id, body);
      if ('ok' in changed) await tellPresence({ userId, profile: true });
      return answer(changed);
    },
  ),

  'GET /users/{id}/presence': authenticated({ params: oneUser }, async ({ userId }, { params }) =>
    answer(await presenceFor(presence, userId, params.id, Date.now())),
  ),

  'GET /users': authenticated({ query: FindUsers, cost: 10 }, async (_, { query }) =>
    answer(await findUsers(users, query)),
  ),
};

import { block } from '#core/people/blocks.ts';
import { authenticated } from '#lambdas/kit/http.ts';
import { journal } from '#lambdas/kit/journal.ts';
import type { Blocks } from '#protocol/people.ts';
import { blocks, oneUser, presence, sessions } from './dependencies.ts';

const store = {
  ...blocks,
  journal,
  usersAmong: sessions.usersAmong,
  noteBlocks: sessions.noteBlocks,
  unsubscribeFrom: (userId: string, subscriberId: string) => presence.unsubscribeFrom(userId, subscriberId, Date.now()),
};

export const blockRoutes = {
  'GET /users/me/blocks': authenticated({ cost: 5 }, async ({ userId }) => {
    const body: Blocks = { userIds: await blocks.blockedBy(userId) };
    return { ok: { body } };
  }),

  'PUT /users/me/blocks/{id}': authenticated({ params: oneUser, cost: 10 }, async ({ userId }, { params }) => {
    const blocked = await block(store, userId, params.id);
    return 'error' in blocked ? blocked : { ok: {} };
  }),

  'DELETE /users/me/blocks/{id}': authenticated({ params: oneUser, cost: 5 }, async ({ userId }, { params }) => {
    await journal({ type: 'unblocked', by: userId, userId: params.id });
    await blocks.unblock(userId, params.id);
    return { ok: {} };
  }),
};

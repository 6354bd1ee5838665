import { history } from '#core/messages/history.ts';
import { versions } from '#core/messages/versions.ts';
import { sync } from '#core/sync/sync.ts';
import { authenticated } from '#lambdas/kit/http.ts';
import { SyncRequest } from '#protocol/events.ts';
import { HistoryQuery } from '#protocol/history.ts';
import { oneConversation, oneMessage, ownConversation, recent, store } from './dependencies.ts';

export const messageRoutes = {
  'GET /conversations/{id}/messages': authenticated(
    { params: oneConversation, query: HistoryQuery, cost: 2 },
    async ({ userId }, { params, query }) => {
      const own = await ownConversation(userId, params.id);
      if ('error' in own) return own;
      return { ok: { body: await history(recent(own.ok.conversation), own.ok, query) } };
    },
  ),

  'GET /conversations/{id}/messages/{seq}/versions': authenticated(
    { params: oneMessage },
    async ({ userId }, { params }) => {
      const own = await ownConversation(userId, params.id);
      if ('error' in own) return own;
      const result = await versions(store, own.ok, params.seq);
      return 'error' in result ? result : { ok: { body: result.ok } };
    },
  ),

  'POST /sync': authenticated({ body: SyncRequest, cost: 10 }, async ({ userId }, { body }) => ({
    ok: { body: await sync(store, userId, body) },
  })),
};

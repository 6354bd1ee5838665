import { history } from '../../core/messages/history.ts';
import { sync } from '../../core/messages/sync.ts';
import { SyncRequest } from '../../protocol/events.ts';
import { HistoryQuery } from '../../protocol/messages.ts';
import { authenticated } from '../kit/http.ts';
import { oneConversation, ownConversation, store } from './stores.ts';

export const messageRoutes = {
  'GET /conversations/{id}/messages': authenticated(
    { params: oneConversation, query: HistoryQuery },
    async ({ userId }, { params, query }) => {
      const own = await ownConversation(userId, params.id);
      return 'error' in own ? own : { ok: { body: await history(store, own.ok.conversation, own.ok.me, query) } };
    },
  ),

  'POST /sync': authenticated({ body: SyncRequest }, async ({ userId }, { body }) => ({
    ok: { body: await sync(store, userId, body) },
  })),
};

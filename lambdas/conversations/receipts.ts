import { receiptsIn } from '#core/messages/receipts.ts';
import { authenticated } from '#lambdas/kit/http.ts';
import { delivery, oneConversation, ownConversation, store } from './dependencies.ts';

const reader = { ...store, statesOf: delivery.statesOf, blockedBy: delivery.blockedBy };

export const receiptRoutes = {
  'GET /conversations/{id}/receipts': authenticated(
    { params: oneConversation, cost: 2 },
    async ({ userId }, { params }) => {
      const own = await ownConversation(userId, params.id);
      return 'error' in own ? own : { ok: { body: await receiptsIn(reader, own.ok) } };
    },
  ),
};

import { accept, decline, invitationsOf } from '#core/conversations/inviting.ts';
import { deliverInvitation } from '#core/delivery/conversations.ts';
import { block } from '#core/people/blocks.ts';
import { authenticated } from '#lambdas/kit/http.ts';
import { DeclineQuery, type Invitations } from '#protocol/invitations.ts';
import { answerWith } from './conversations.ts';
import { afterDelivery, blocking, conversationStore, delivery, oneConversation } from './dependencies.ts';

export const invitationRoutes = {
  'GET /invitations': authenticated({ cost: 5 }, async ({ userId }) => {
    const body: Invitations = await invitationsOf(conversationStore, userId);
    return { ok: { body } };
  }),

  'POST /invitations/{id}': authenticated(
    { params: oneConversation, cost: 5 },
    async ({ userId }, { params: { id } }) => {
      const changes = await accept(conversationStore, userId, id);
      if ('error' in changes) return changes;
      await deliverInvitation(delivery, [userId], id);
      return afterDelivery(id, { ok: { changes: changes.ok, invited: [] } }, () => answerWith(userId, id));
    },
  ),

  'DELETE /invitations/{id}': authenticated(
    { params: oneConversation, query: DeclineQuery, cost: 10 },
    async ({ userId }, { params: { id }, query }) => {
      const blockInviter = (inviterId: string) => block(blocking, userId, inviterId);
      const declined = await decline(conversationStore, userId, id, query.block === 'true' ? blockInviter : undefined);
      if ('error' in declined) return declined;
      if (declined.ok) await deliverInvitation(delivery, [userId], id);
      return { ok: {} };
    },
  ),
};

import { deliverInvitation, deliverNewConversation } from '#core/delivery/conversations.ts';
import { conversationView } from '#core/sync/conversation-view.ts';
import { listConversations } from '#core/sync/list.ts';
import { type Answer, authenticated } from '#lambdas/kit/http.ts';
import { type Conversation, CreateConversation, ListQuery, UpdateConversation } from '#protocol/conversations.ts';
import type { Result } from '#protocol/failures.ts';
import { afterDelivery, allow, commands, delivery, oneConversation, ownConversation, store } from './dependencies.ts';

async function viewFor(userId: string, conversationId: string): Promise<Result<Conversation>> {
  const own = await ownConversation(userId, conversationId);
  if ('error' in own) return own;
  const muted = await store.isMuted(userId, conversationId);
  return { ok: await conversationView(store, own.ok, muted) };
}

/** The answer with the present state of a conversation as the caller sees it. */
export async function answerWith(userId: string, conversationId: string): Promise<Result<Answer>> {
  const view = await viewFor(userId, conversationId);
  return 'error' in view ? view : { ok: { body: view.ok } };
}

export const conversationRoutes = {
  'POST /conversations': authenticated({ body: CreateConversation }, async ({ userId }, { body }) => {
    const allowed = await allow(userId, { conversations: 1, membersAdded: body.memberIds.length });
    if ('error' in allowed) return allowed;
    const created = await commands.create(userId, body);
    if ('error' in created) return created;
    const { conversationId, isNew, invited } = created.ok;
    const view = await viewFor(userId, conversationId);
    if ('error' in view) return view;
    if (isNew) await deliverNewConversation(delivery, conversationId);
    await deliverInvitation(delivery, invited, conversationId);
    return { ok: { status: isNew ? 201 : 200, body: view.ok } };
  }),

  'GET /conversations': authenticated({ query: ListQuery, cost: 10 }, async ({ userId }, { query }) => {
    const list = await listConversations(store, userId, query);
    return 'error' in list ? list : { ok: { body: list.ok } };
  }),

  'GET /conversations/{id}': authenticated({ params: oneConversation }, ({ userId }, { params }) =>
    answerWith(userId, params.id),
  ),

  'PATCH /conversations/{id}': authenticated(
    { params: oneConversation, body: UpdateConversation },
    async ({ userId }, { params: { id }, body }) =>
      afterDelivery(id, await commands.update(id, userId, body), () => answerWith(userId, id)),
  ),
};

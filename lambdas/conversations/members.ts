import { mayMute } from '#core/access.ts';
import { deliverToUser } from '#core/delivery/conversations.ts';
import { membersPage } from '#core/sync/members-page.ts';
import { authenticated } from '#lambdas/kit/http.ts';
import { AddMembers, MembersQuery, UpdateMember } from '#protocol/conversations.ts';
import { answerWith } from './conversations.ts';
import {
  afterDelivery,
  allow,
  commands,
  delivery,
  oneConversation,
  oneMember,
  ownConversation,
  store,
} from './dependencies.ts';

export const memberRoutes = {
  'GET /conversations/{id}/members': authenticated(
    { params: oneConversation, query: MembersQuery, cost: 2 },
    async ({ userId }, { params, query }) => {
      const own = await ownConversation(userId, params.id);
      return 'error' in own ? own : { ok: { body: await membersPage(store, own.ok.conversation, query) } };
    },
  ),

  'POST /conversations/{id}/members': authenticated(
    { params: oneConversation, body: AddMembers },
    async ({ userId }, { params, body }) => {
      const allowed = await allow(userId, { membersAdded: body.userIds.length });
      if ('error' in allowed) return allowed;
      const added = await commands.add(params.id, userId, body.userIds);
      return afterDelivery(params.id, added, () => answerWith(userId, params.id));
    },
  ),

  'PATCH /conversations/{id}/members/{userId}': authenticated(
    { params: oneMember, body: UpdateMember, cost: 5 },
    async (caller, { params, body: { role, muted } }) => {
      const allowed = muted === undefined ? { ok: {} } : mayMute(caller.userId, params.userId);
      if ('error' in allowed) return allowed;
      if (role !== undefined) {
        const changed = await commands.setRole(params.id, caller.userId, params.userId, role);
        const delivered = await afterDelivery(params.id, changed, async () => ({ ok: {} }));
        if ('error' in delivered) return delivered;
      }
      const own = await ownConversation(caller.userId, params.id);
      if ('error' in own) return own;
      if (muted !== undefined && (await store.mute(caller.userId, params.id, muted)))
        await deliverToUser(delivery, caller.userId, { type: 'muted', conversationId: params.id, muted });
      return answerWith(caller.userId, params.id);
    },
  ),

  'DELETE /conversations/{id}/members/{userId}': authenticated(
    { params: oneMember, cost: 5 },
    async (caller, { params }) =>
      afterDelivery(params.id, await commands.remove(params.id, caller.userId, params.userId), async () => ({
        ok: {},
      })),
  ),
};

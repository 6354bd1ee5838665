import { privateReaders, receiptOf } from '#core/messages/receipts.ts';
import { authenticated } from '#lambdas/kit/http.ts';
import { limits } from '#protocol/limits.ts';
import type { Receipts } from '#protocol/receipts.ts';
import { oneConversation, ownConversation, sessions, store } from './dependencies.ts';

export const receiptRoutes = {
  'GET /conversations/{id}/receipts': authenticated({ params: oneConversation }, async ({ userId }, { params }) => {
    const own = await ownConversation(userId, params.id);
    if ('error' in own) return own;
    const { conversation, me } = own.ok;
    if (conversation.memberCount > limits.receiptMembers) return { ok: { body: { receipts: [receiptOf(me, false)] } } };
    const members = conversation.large ? await store.allMembers(params.id) : [...conversation.members.values()];
    const ids = members.map((member) => member.userId);
    const hiding = privateReaders(await sessions.statesOf(ids, Date.now()));
    const body: Receipts = {
      receipts: members.map((member) => receiptOf(member, member.userId !== userId && hiding.has(member.userId))),
    };
    return { ok: { body } };
  }),
};

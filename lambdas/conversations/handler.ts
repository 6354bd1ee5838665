import { httpHandler } from '#lambdas/kit/http.ts';
import { conversationRoutes } from './conversations.ts';
import { invitationRoutes } from './invitations.ts';
import { memberRoutes } from './members.ts';
import { messageRoutes } from './messages.ts';
import { receiptRoutes } from './receipts.ts';

/** Conversations with their members, invitations, history and receipts, and `POST /sync`, which catches up with all of them. */
export const handler = httpHandler({
  ...conversationRoutes,
  ...memberRoutes,
  ...invitationRoutes,
  ...messageRoutes,
  ...receiptRoutes,
});

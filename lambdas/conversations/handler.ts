import { httpHandler } from '#lambdas/kit/http.ts';
import { conversationRoutes } from './conversations.ts';
import { memberRoutes } from './members.ts';
import { messageRoutes } from './messages.ts';
import { receiptRoutes } from './receipts.ts';

/** Conversations, their members, their history and receipts, and catching up with all of them. */
export const handler = httpHandler({ ...conversationRoutes, ...memberRoutes, ...messageRoutes, ...receiptRoutes });

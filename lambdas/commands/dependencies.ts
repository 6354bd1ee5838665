import { afterAnswer } from '#lambdas/kit/after-answer.ts';
import { chatStores } from '#lambdas/kit/conversation-dependencies.ts';
import { rateLimits } from '#lambdas/kit/rate-limits.ts';

export const { client, table, changes, conversations, sessions, delivery } = chatStores(afterAnswer);

export const allow = rateLimits(client);

import { chatStores } from '#lambdas/kit/conversation-dependencies.ts';
import { rateLimits } from '#lambdas/kit/rate-limits.ts';

export const { client, table, changes, conversations, sessions, audience, tell } = chatStores();

export const allow = rateLimits(client);

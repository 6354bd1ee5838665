import { chatStores } from '#lambdas/kit/conversation-dependencies.ts';

export const { client, delivery } = chatStores();

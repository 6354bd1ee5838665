import { chatStores } from '#lambdas/kit/conversation-dependencies.ts';

export const { client, changes, delivery } = chatStores();

import { chatStores } from '#lambdas/kit/conversation-dependencies.ts';

export const { delivery } = chatStores();

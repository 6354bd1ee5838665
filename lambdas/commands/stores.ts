import { chatStores } from '../kit/stores.ts';

export const { table, changes, conversations, sessions, listeners, deliver } = chatStores();

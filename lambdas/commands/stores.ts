import { allowances } from '../kit/rates.ts';
import { chatStores } from '../kit/stores.ts';

export const { client, table, changes, conversations, sessions, audience, listeners, deliver, tell } = chatStores();

export const allow = allowances(client);

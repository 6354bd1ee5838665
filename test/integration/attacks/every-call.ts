import type { Route } from '#protocol/routes.ts';
import { accountCalls } from './account-calls.ts';
import type { CallCase, Cases } from './calls.ts';
import { conversationCalls } from './conversation-calls.ts';

/** Every route, and who may call it. A new one doesn't compile until it is here. */
export const calls: Readonly<Record<Route, Cases<CallCase>>> = { ...accountCalls, ...conversationCalls };

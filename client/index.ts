export { Api } from './api.ts';
export { Auth, type AuthOptions } from './auth.ts';
export { Chat, type ChatEvents, type ChatOptions } from './chat.ts';
export type { ConnectionState } from './connection.ts';
export type { ConversationState, Message } from './conversation.ts';
export type { Failure, Result } from './failures.ts';
export type { OutboxStore, Outgoing } from './outbox.ts';
export { type Platform, type Socket, standardPlatform } from './platform.ts';

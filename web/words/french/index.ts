/**
 * All texts in French. No-break spaces stand before `:` and within « », and narrow ones before `;`, `!` and `?`.
 */
export { words as failures } from './failures.ts';
export { words as invitations } from './invitations.ts';
export { words as newConversation } from './new-conversation.ts';
export { words as sidebar } from './sidebar.ts';
export { words as uploads } from './uploads.ts';

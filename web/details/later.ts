/* What is said about a conversation and those in it: one file, which the page asks for after its first load. */
export { DirectNotice } from '#web/conversation/direct-notice.tsx';
export { ChangeLine } from '#web/message/change-line.tsx';
export { ConversationDetails } from './conversation-details.tsx';

/* How a conversation begins, and what stands there before: one file, which the page asks for after its first load. */
export { LinkedPerson } from '#web/people/linked-person.tsx';
export { NewConversationDialog } from '#web/sidebar/new-conversation-dialog.tsx';
export { NothingOpen } from './nothing-open.tsx';
export { Unreachable } from './unreachable.tsx';

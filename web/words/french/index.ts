/**
 * All texts in French. No-break spaces stand before `:` and within « », and narrow ones before `;`, `!` and `?`.
 */
export { words as account } from './account.ts';
export { words as app } from './app.ts';
export { words as attachedFiles } from './attached-files.ts';
export { words as changes } from './changes.ts';
export { words as composer } from './composer.ts';
export { words as conversation } from './conversation.ts';
export { words as details } from './details.ts';
export { words as emoji } from './emoji.ts';
export { words as failures } from './failures.ts';
export { words as forward } from './forward.ts';
export { words as invitations } from './invitations.ts';
export { words as leaving } from './leaving.ts';
export { words as message } from './message.ts';
export { words as messageMenu } from './message-menu.ts';
export { words as newConversation } from './new-conversation.ts';
export { words as notices } from './notices.ts';
export { words as notifications } from './notifications.ts';
export { words as people } from './people.ts';
export { words as peoplePicker } from './people-picker.ts';
export { words as recording } from './recording.ts';
export { words as search } from './search.ts';
export { words as settings } from './settings.ts';
export { words as sharing } from './sharing.ts';
export { words as sidebar } from './sidebar.ts';
export { words as signIn } from './sign-in.ts';
export { words as ui } from './ui.ts';
export { words as uploads } from './uploads.ts';
export { words as viewer } from './viewer.ts';
export { words as voiceMessage } from './voice-message.ts';

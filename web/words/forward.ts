import { count } from './locale.ts';
import { texts } from './texts.ts';

/** Sending a message on to other conversations. */
export const words = texts('forward', {
  title: 'Forward to',
  find: 'Find a conversation',
  nothing: 'No conversation has this name.',
  forward: (conversations: number) =>
    conversations < 2 ? 'Forward' : `Forward to ${count(conversations)} conversations`,
});

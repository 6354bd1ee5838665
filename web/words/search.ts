import { texts } from './texts.ts';

/** The search for messages. */
export const words = texts('search', {
  title: 'Search messages',
  words: 'Words',
  onlyHere: 'Only in this conversation',
  nothing: 'No message has all these words.',
  you: 'You',
  more: 'More',
});

import { texts } from './texts.ts';

/** What can be done with a message, and what it said earlier. */
export const words = texts('messageMenu', {
  title: 'Actions for the message',
  reply: 'Reply',
  react: (emoji: string) => `React with ${emoji}`,
  moreEmoji: 'More emoji',
  copy: 'Copy',
  forward: 'Forward',
  edit: 'Edit',
  versions: 'Earlier versions',
  remove: 'Delete',
  reallyRemove: 'Delete for everyone',
  until: (day: string, time: string) => `until ${day}, ${time}`,
});

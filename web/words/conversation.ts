import type { ComponentChildren } from 'preact';
import { texts } from './texts.ts';

/** The open conversation without its messages. */
export const words = texts('conversation', {
  with: (title: string) => `Conversation with ${title}`,
  back: 'Back to the list',
  search: 'Search here',
  details: 'Details',
  online: 'online',
  onlyYou: 'Only you',
  typing: (who: ComponentChildren, people: number): ComponentChildren => [
    who,
    people === 1 ? ' is typing' : ' are typing',
  ],
  announce: (who: string, text: string) => `${who}: ${text}`,
});

import { texts } from './texts.ts';

/** What many parts of the page say. */
export const words = texts('ui', {
  close: 'Close',
  loading: 'Loading…',
  tryAgain: 'Try again',
  notLoaded: 'This part of the page couldn’t be loaded.',
  today: 'Today',
  yesterday: 'Yesterday',
  seenAt: (time: string) => `last seen at ${time}`,
  seenYesterday: (time: string) => `last seen yesterday at ${time}`,
  seenOn: (day: string) => `last seen on ${day}`,
});

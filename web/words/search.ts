import { count } from './locale.ts';
import { texts } from './texts.ts';

/** The search for messages. */
export const words = texts('search', {
  title: 'Search',
  words: 'Words',
  onlyHere: 'Only in this conversation',
  nothing: 'No message has all these words.',
  you: 'You',
  more: 'More',
  conversations: 'Conversations',
  hits: 'Hits',
  allHits: 'All hits',
  hitOf: (hit: number, hits: number, hasMore: boolean) => `${count(hit)} of ${count(hits)}${hasMore ? '+' : ''}`,
  earlierHit: 'Earlier hit',
  laterHit: 'Later hit',
  endHits: 'End the search',
  day: 'Go to a day',
  goToDay: 'Go',
  nothingSince: 'Nothing was written on that day or since.',
});

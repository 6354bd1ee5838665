import { count } from './locale.ts';
import { texts } from './texts.ts';

/** What stands for people and groups. */
export const words = texts('people', {
  you: 'you',
  deleted: 'Deleted user',
  group: 'Group',
  more: (people: number) => `${count(people)} more`,
});

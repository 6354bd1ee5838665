import type { words as english } from '#web/words/people.ts';
import { counted } from './count.ts';

export const words: typeof english = {
  you: 'vous',
  deleted: 'Compte supprimé',
  group: 'Groupe',
  more: (people) => counted(people, 'autre', 'autres'),
};

import type { words as english } from '#web/words/forward.ts';
import { count } from '#web/words/locale.ts';

export const words: typeof english = {
  title: 'Transférer à',
  find: 'Chercher une conversation',
  nothing: 'Aucune conversation ne porte ce nom.',
  forward: (conversations) => (conversations < 2 ? 'Transférer' : `Transférer à ${count(conversations)} conversations`),
};

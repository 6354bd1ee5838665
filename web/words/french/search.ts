import type { words as english } from '#web/words/search.ts';

export const words: typeof english = {
  title: 'Rechercher des messages',
  words: 'Mots',
  onlyHere: 'Seulement dans cette conversation',
  nothing: 'Aucun message ne contient tous ces mots.',
  you: 'Vous',
  more: 'Plus',
};

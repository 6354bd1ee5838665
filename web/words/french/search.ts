import { count } from '#web/words/locale.ts';
import type { words as english } from '#web/words/search.ts';

export const words: typeof english = {
  title: 'Rechercher',
  words: 'Mots',
  onlyHere: 'Seulement dans cette conversation',
  nothing: 'Aucun message ne contient tous ces mots.',
  you: 'Vous',
  more: 'Plus',
  conversations: 'Conversations',
  hits: 'Résultats',
  allHits: 'Tous les résultats',
  hitOf: (hit, hits, hasMore) => `${count(hit)} sur ${count(hits)}${hasMore ? '+' : ''}`,
  earlierHit: 'Résultat précédent',
  laterHit: 'Résultat suivant',
  endHits: 'Terminer la recherche',
  day: 'Aller à un jour',
  goToDay: 'Aller',
  nothingSince: 'Rien n’a été écrit ce jour-là ni depuis.',
};

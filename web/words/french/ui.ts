import type { words as english } from '#web/words/ui.ts';

export const words: typeof english = {
  close: 'Fermer',
  loading: 'Chargement…',
  tryAgain: 'Réessayer',
  notLoaded: 'Cette partie de la page n’a pas pu être chargée.',
  today: 'Aujourd’hui',
  yesterday: 'Hier',
  seenAt: (time) => `en ligne à ${time}`,
  seenYesterday: (time) => `en ligne hier à ${time}`,
  seenOn: (day) => `en ligne le ${day}`,
};

import type { words as english } from '#web/words/emoji.ts';

export const words: typeof english = {
  title: 'Émojis',
  search: 'Chercher un émoji',
  nothing: 'Aucun émoji ne porte ce nom.',
  recent: 'Derniers utilisés',
  groups: [
    'Smileys',
    'Personnes',
    'Animaux et nature',
    'Nourriture et boissons',
    'Voyages et lieux',
    'Activités',
    'Objets',
    'Symboles',
    'Drapeaux',
  ],
  tone: 'Couleur de peau',
  tones: ['Sans couleur de peau', 'Claire', 'Assez claire', 'Moyenne', 'Assez foncée', 'Foncée'],
};

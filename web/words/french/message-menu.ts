import type { words as english } from '#web/words/message-menu.ts';

export const words: typeof english = {
  title: 'Actions sur le message',
  reply: 'Répondre',
  react: (emoji) => `Réagir avec ${emoji}`,
  moreEmoji: 'Plus d’émojis',
  copy: 'Copier',
  forward: 'Transférer',
  edit: 'Modifier',
  versions: 'Versions précédentes',
  remove: 'Supprimer',
  reallyRemove: 'Supprimer pour tout le monde',
  until: (day, time) => `jusqu’à ${day}, ${time}`,
};

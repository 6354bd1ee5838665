import type { words as english } from '#web/words/composer.ts';
import { count } from '#web/words/locale.ts';

export const words: typeof english = {
  to: (title) => `Message à ${title}`,
  newText: 'Nouveau texte du message',
  write: 'Écrire un message',
  emoji: 'Émojis',
  send: 'Envoyer',
  save: 'Enregistrer',
  cancel: 'Annuler',
  edit: 'Modifier votre message',
  replyTo: (who) => ['Répondre à ', who],
  yourself: 'vous-même',
  tooLong: (most, characters) => `Un message peut avoir ${count(most)} caractères. Celui-ci en a ${count(characters)}.`,
  attach: 'Joindre des images, des vidéos ou des enregistrements',
  filesToAttach: 'Fichiers à joindre',
  record: 'Enregistrer un message vocal',
};

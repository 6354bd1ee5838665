import type { words as english } from '#web/words/attached-files.ts';

export const words: typeof english = {
  attachedFiles: 'Fichiers joints',
  ready: 'Prêt à être envoyé',
  cancelFile: (name) => `Annuler ${name}`,
  removeFile: (name) => `Retirer ${name}`,
  uploading: (name) => `Envoi de ${name}`,
  sending: 'Envoi en cours',
  waiting: 'Part dès que le téléversement est terminé',
  drop: (title) => ['Déposer pour envoyer à ', title],
};

import type { words as english } from '#web/words/sharing.ts';

export const words: typeof english = {
  conversations: 'Vos conversations, en temps réel',
  choose: 'Choisissez-en une à gauche, ou commencez-en une nouvelle.',
  welcome: (name) => ['Bienvenue, ', name],
  firstStep: 'Trouvez une personne que vous connaissez, et écrivez votre premier message.',
  find: 'Trouver quelqu’un',
  orShare: 'Ou envoyez votre lien à quelqu’un, ou faites-le scanner. Il mène à vous.',
  copy: 'Copier le lien',
  copied: 'Copié.',
  copyByHand: 'Le navigateur ne le permet pas. Sélectionnez le lien, et copiez-le.',
  share: 'Partager',
  qrCode: 'Votre lien en code QR',
  nobody: 'Personne n’a ce nom d’utilisateur, ou plus personne.',
  write: (name) => ['Écrire à ', name],
};

import type { words as english } from '#web/words/settings.ts';

export const words: typeof english = {
  title: 'Réglages',
  saved: 'Enregistré.',
  save: 'Enregistrer',
  name: 'Votre nom',
  about: 'À propos de vous',
  privacy: 'Confidentialité',
  privateRead: 'Garder pour moi ce que j’ai lu',
  privateReadHint: 'Les autres voient qu’un message vous est parvenu, mais pas que vous l’avez lu.',
  invisible: 'Être invisible',
  invisibleHint: 'Pour les autres, vous êtes hors ligne et n’écrivez jamais.',
  pushText: 'Montrer les messages dans les notifications',
  pushTextHint: 'Sinon, elles disent seulement qu’il y en a un.',
  whoMayAdd: 'Qui peut m’ajouter à des groupes',
  everyone: 'Tout le monde',
  everyoneHint: 'N’importe qui vous ajoute à des groupes ; les inconnus, pas trop souvent par jour.',
  acquaintances: 'Les personnes que je connais',
  acquaintancesHint:
    'Ceux avec qui vous discutez vous ajoutent à des groupes. Les autres peuvent seulement vous inviter.',
  nobody: 'Personne',
  nobodyHint: 'Vous décidez de chaque groupe : vous ne recevez que des invitations.',
  language: 'Langue',
  languageOfBrowser: 'Comme mon navigateur',
};

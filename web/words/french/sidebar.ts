import type { words as english } from '#web/words/sidebar.ts';

export const words: typeof english = {
  conversations: 'Conversations',
  chats: 'Discussions',
  search: 'Rechercher dans tous les messages',
  searchField: 'Rechercher',
  add: 'Nouvelle conversation',
  loading: 'Chargement…',
  empty: 'Il n’y a encore personne ici.',
  start: 'Commencer une conversation',
  settings: 'Réglages',
  logOut: 'Se déconnecter',
  online: 'en ligne',
  muted: 'en sourdine',
  unread: 'non lus',
  typing: 'écrit…',
  someTyping: (who) => [who, ' en train d’écrire…'],
  noMessages: 'Aucun message',
  from: (who, text) => [who, ' : ', text],
  you: 'Vous',
  draft: 'Brouillon',
};

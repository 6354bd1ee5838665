import type { words as english } from '#web/words/conversation.ts';

export const words: typeof english = {
  with: (title) => `Conversation avec ${title}`,
  back: 'Retour à la liste',
  search: 'Rechercher ici',
  details: 'Détails',
  online: 'en ligne',
  onlyYou: 'Vous seul',
  typing: (who, people) => [who, people === 1 ? ' écrit' : ' écrivent'],
  announce: (who, text) => `${who} : ${text}`,
};

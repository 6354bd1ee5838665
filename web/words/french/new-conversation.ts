import { count } from '#web/words/locale.ts';
import type { words as english } from '#web/words/new-conversation.ts';

export const words: typeof english = {
  title: 'Nouvelle conversation',
  groupName: 'Nom du groupe',
  createGroup: (people) => `Créer un groupe de ${count(people)}`,
  group: 'Nouveau groupe',
  notHere: 'Quelqu’un n’est pas encore là ? Envoyez-lui votre lien.',
};

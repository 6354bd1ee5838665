import type { words as english } from '#web/words/details.ts';
import { counted } from './count.ts';

export const words: typeof english = {
  mute: 'Mettre en sourdine',
  muteHint: 'Ses messages ne font pas de notification, et ne comptent pas dans le titre de la page.',
  block: 'Bloquer',
  blockHint: 'Cette personne ne peut plus vous écrire ici, et ne voit plus si vous êtes en ligne.',
  wholeHistory: 'Les nouveaux membres voient tout',
  wholeHistoryHint: 'Sinon, ils voient ce qui suit leur arrivée.',
  groupName: 'Nom du groupe',
  rename: 'Renommer',
  leave: 'Quitter le groupe',
  reallyLeave: 'Quitter vraiment',
  members: (people) => counted(people, 'membre', 'membres'),
  more: 'Plus',
  add: 'Ajouter des personnes',
  notYet: (name) => `${name} n’est pas encore membre, mais a peut-être reçu une invitation.`,
  isYou: '(vous)',
  remove: 'Retirer',
  really: 'Vraiment ?',
  roleOf: (name) => `Rôle de ${name}`,
  member: 'Membre',
  admin: 'Administrateur',
  owner: 'Propriétaire',
  newOwner: 'Propriétaire…',
  handOver: 'Transmettre',
  reallyHandOver: 'Transmettre vraiment',
};

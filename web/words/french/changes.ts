import type { ComponentChildren } from 'preact';
import type { Role } from '#protocol/conversations.ts';
import type { words as english, Subject } from '#web/words/changes.ts';

const have = ({ names, isMe, areSeveral }: Subject): ComponentChildren =>
  isMe ? 'Vous avez ' : [names, areSeveral ? ' ont ' : ' a '];
/** What somebody is now, with the form of “être”. */
function role(be: string, of: Role): string {
  if (of === 'member') return `${be === 'sont' ? 'ne ' : 'n’'}${be} plus administrateur`;
  return `${be} maintenant ${of === 'owner' ? 'propriétaire' : 'administrateur'}`;
}

export const words: typeof english = {
  added: (by, whom) => [have(by), 'ajouté ', whom],
  joined: (who) => [have(who), 'rejoint le groupe'],
  removed: (by, whom) => [have(by), 'retiré ', whom],
  left: (who) => [have(who), 'quitté le groupe'],
  erased: 'Quelqu’un a supprimé son compte',
  madeOwner: (by, whom) => [have(by), 'confié le groupe à ', whom],
  madeAdmin: (by, whom) => [have(by), 'donné le rôle d’administrateur à ', whom],
  madeMember: (by, whom) => [have(by), 'retiré le rôle d’administrateur à ', whom],
  has: ({ names, isMe, areSeveral }, of) =>
    isMe ? ['Vous ', role('êtes', of)] : [names, ' ', role(areSeveral ? 'sont' : 'est', of)],
  named: (by, name) =>
    by ? [have(by), 'nommé le groupe « ', name, ' »'] : ['Le groupe s’appelle maintenant « ', name, ' »'],
  pictured: (by) => (by ? [have(by), 'changé l’image du groupe'] : 'Le groupe a une autre image'),
  openHistory: 'Les nouveaux membres voient maintenant tout',
  closedHistory: 'Les membres voient maintenant ce qui suit leur arrivée',
};

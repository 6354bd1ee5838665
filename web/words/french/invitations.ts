import type { words as english } from '#web/words/invitations.ts';
import { counted } from './count.ts';

export const words: typeof english = {
  title: 'Invitations',
  group: 'Groupe',
  invites: (who, members) => [who, ` vous invite · ${counted(members, 'membre', 'membres')}`],
  accept: 'Accepter',
  decline: 'Refuser',
  block: (who) => ['Bloquer ', who],
  declineAndBlock: 'Refuser et bloquer',
};

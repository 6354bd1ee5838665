import { count } from './locale.ts';
import { texts } from './texts.ts';

/** The details of a conversation, and the members of a group. */
export const words = texts('details', {
  mute: 'Mute',
  muteHint: 'No notifications of its messages, and the title of the page doesn’t count them.',
  block: 'Block',
  blockHint: 'They can’t write to you here, and don’t see when you are online.',
  wholeHistory: 'New members see everything',
  wholeHistoryHint: 'Otherwise they see what comes after they joined.',
  groupName: 'Name of the group',
  rename: 'Rename',
  leave: 'Leave the group',
  reallyLeave: 'Really leave',
  members: (people: number) => (people === 1 ? '1 member' : `${count(people)} members`),
  more: 'More',
  add: 'Add people',
  notYet: (name: string) => `${name} isn’t a member yet, and may have an invitation now.`,
  isYou: '(you)',
  remove: 'Remove',
  really: 'Really?',
  roleOf: (name: string) => `Role of ${name}`,
  member: 'Member',
  admin: 'Admin',
  owner: 'Owner',
  newOwner: 'Owner …',
  handOver: 'Hand over',
  reallyHandOver: 'Really hand over',
});

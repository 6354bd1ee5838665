import { count } from './locale.ts';
import { texts } from './texts.ts';

/** The dialog in which a conversation begins. */
export const words = texts('newConversation', {
  title: 'New conversation',
  groupName: 'Name of the group',
  createGroup: (people: number) => `Create a group of ${count(people)}`,
  group: 'New group',
  notHere: 'Somebody isn’t here yet? Send them your link.',
});

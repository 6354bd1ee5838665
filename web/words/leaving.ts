import { texts } from './texts.ts';

/** What somebody reads who logs out while they have unsent things. */
export const words = texts('leaving', {
  title: 'Log out?',
  unsent: 'Some of what you wrote isn’t sent yet. It is deleted when you log out.',
  stay: 'Stay',
  logOut: 'Log out and delete it',
});

import { texts } from './texts.ts';

/** The profile and the settings of the person. */
export const words = texts('settings', {
  title: 'Settings',
  saved: 'Saved.',
  save: 'Save',
  name: 'Your name',
  about: 'About you',
  privacy: 'Privacy',
  privateRead: 'Keep private what I have read',
  privateReadHint: 'Others see that a message has reached you, not that you read it.',
  invisible: 'Be invisible',
  invisibleHint: 'To others you are offline, and never typing.',
  pushText: 'Show messages in notifications',
  pushTextHint: 'Otherwise they only say that there is one.',
  whoMayAdd: 'Who may add me to groups',
  everyone: 'Everyone',
  everyoneHint: 'Anybody puts you into groups; strangers not too often in a day.',
  acquaintances: 'People I know',
  acquaintancesHint: 'Those with whom you talk put you into groups. Others can only invite you.',
  nobody: 'Nobody',
  nobodyHint: 'You decide about each group: all you get are invitations.',
  language: 'Language',
  languageOfBrowser: 'As my browser',
});

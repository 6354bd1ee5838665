import { texts } from './texts.ts';

/** The search for people, and the choice of a picture. */
export const words = texts('peoplePicker', {
  search: 'Find people by username',
  example: 'for example ann',
  nobody: 'Nobody has such a username.',
  picture: 'Picture',
  choosePicture: 'Choose a picture',
  uploading: 'Uploading…',
});

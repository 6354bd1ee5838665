import { texts } from './texts.ts';

/** The search for people, and the choice of a picture and a name. */
export const words = texts('peoplePicker', {
  search: 'Find people by name or username',
  example: 'for example ann',
  nobody: 'Nobody found. Those with whom you haven’t talked yet are found by their username.',
  picture: 'Picture',
  choosePicture: 'Choose a picture',
  uploading: 'Uploading…',
  unseenName: 'Nobody could see this name. Choose one with letters or digits.',
});

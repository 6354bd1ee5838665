import type { words as english } from '#web/words/people-picker.ts';

export const words: typeof english = {
  search: 'Trouver quelqu’un par son nom d’utilisateur',
  example: 'par exemple anne',
  nobody: 'Personne n’a ce nom d’utilisateur.',
  picture: 'Image',
  choosePicture: 'Choisir une image',
  uploading: 'Envoi…',
};

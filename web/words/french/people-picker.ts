import type { words as english } from '#web/words/people-picker.ts';

export const words: typeof english = {
  search: 'Trouver quelqu’un par son nom ou son nom d’utilisateur',
  example: 'par exemple anne',
  nobody:
    'Personne n’a été trouvé. Cherchez par leur nom d’utilisateur les personnes avec qui vous n’avez pas encore parlé.',
  picture: 'Image',
  choosePicture: 'Choisir une image',
  uploading: 'Envoi…',
  unseenName: 'Personne ne pourrait voir ce nom. Choisissez-en un avec des lettres ou des chiffres.',
};

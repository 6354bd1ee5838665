import { count } from '#web/words/locale.ts';
import type { words as english } from '#web/words/viewer.ts';

export const words: typeof english = {
  title: 'Images et films',
  place: (index, all) => `${count(index)} sur ${count(all)}`,
  picture: 'Image',
  film: 'Film',
  asSent: 'Telle qu’elle a été envoyée',
  zoomIn: 'Agrandir',
  zoomOut: 'Voir l’image entière',
  download: 'Télécharger',
  notDownloaded: 'Le téléchargement a échoué. Veuillez réessayer.',
  previous: 'Précédent',
  next: 'Suivant',
};

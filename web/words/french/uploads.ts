import { count } from '#web/words/locale.ts';
import type { words as english } from '#web/words/uploads.ts';

export const words: typeof english = {
  unsupportedType:
    'Ce type de fichier ne peut pas être envoyé. Choisissez une image (JPEG, PNG, GIF, WebP, AVIF), une vidéo (MP4, MOV, WebM) ou un enregistrement (M4A, OGG, WebM).',
  tooLarge: (pictures, videos, recordings) =>
    `Ce fichier est trop lourd. La limite est de ${pictures} pour une image, ${videos} pour une vidéo et ${recordings} pour un enregistrement.`,
  rateLimited: (wait) => `Vous avez envoyé tout ce qui est permis pour le moment. Réessayez dans ${wait}.`,
  otherType: 'Ce fichier n’est pas du type que son nom indique.',
  tooManyPixels: (megapixels) =>
    `Cette image est trop grande. La limite est de ${count(megapixels)} mégapixels, toutes images d’une animation comprises.`,
  unsupported:
    'Ce type de fichier ne peut pas être envoyé. Enregistrez-le au format JPEG, PNG, MP4 ou M4A, puis réessayez.',
  tooSlow: 'Ce fichier a trop d’éléments pour être vérifié. Enregistrez-le de nouveau, puis réessayez.',
  damaged: 'Ce fichier est endommagé. Il n’a peut-être pas été enregistré ou téléchargé en entier.',
  tooMany: (most) => `Un message peut contenir ${count(most)} fichiers.`,
  retry: 'Réessayer',
};

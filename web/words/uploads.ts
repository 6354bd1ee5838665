import { count } from './locale.ts';
import { texts } from './texts.ts';

/** Why a file can't be sent. */
export const words = texts('uploads', {
  unsupportedType:
    'This isn’t a kind of file that can be sent. Choose a picture (JPEG, PNG, GIF, WebP, AVIF), a video (MP4, MOV, WebM) or a recording (M4A, OGG, WebM).',
  tooLarge: (pictures: string, videos: string, recordings: string) =>
    `This file is too large. Pictures may have ${pictures}, videos ${videos}, recordings ${recordings}.`,
  rateLimited: (wait: string) => `That was as much as you can upload for now. Please try again in ${wait}.`,
  otherType: 'This file isn’t the kind of file that its name says.',
  tooManyPixels: (megapixels: number) =>
    `This picture is too large. It may have ${count(megapixels)} megapixels, in all its frames together.`,
  unsupported: 'Files of this kind can’t be sent. Save it as a JPEG, a PNG, an MP4 or an M4A, and try again.',
  tooSlow: 'This file has too many parts to be checked. Save it anew, and try again.',
  damaged: 'This file is damaged. It may not have been saved or downloaded completely.',
  tooMany: (most: number) => `A message can have ${count(most)} files.`,
  retry: 'Try again',
});

import type { Attachment } from '#protocol/media.ts';
import { countKinds } from '#protocol/media-types.ts';

const names = { image: 'picture', video: 'film', audio: 'voice message' };

/** What a message without a text consists of, as a notification says it: `Picture`, `3 pictures`, `2 pictures, film`. */
export function namesOfMedia(media: readonly Pick<Attachment, 'contentType'>[]): string {
  const parts = [...countKinds(media)].map(([kind, n]) => (n === 1 ? names[kind] : `${n} ${names[kind]}s`));
  const all = parts.join(', ');
  return all.charAt(0).toUpperCase() + all.slice(1);
}

import type { Message } from '#client/index.ts';
import { isImage } from '#protocol/media-types.ts';

/** One line that stands for a message: its text or, without one, what it consists of. */
export function excerpt({ text, media, deletedAt }: Pick<Message, 'text' | 'media' | 'deletedAt'>): string {
  if (deletedAt) return 'This message was deleted';
  return text || media.map(({ contentType }) => (isImage(contentType) ? 'Picture' : 'Video')).join(', ');
}

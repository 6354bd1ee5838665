import type { Message } from '#client/index.ts';
import { kindOf } from '#protocol/media-types.ts';

const names = { image: 'Picture', video: 'Video', audio: 'Voice message' };

/** One line that stands for a message: its text or, without one, what it consists of. */
export function excerpt({ text, media, deletedAt }: Pick<Message, 'text' | 'media' | 'deletedAt'>): string {
  if (deletedAt) return 'This message was deleted';
  return text || media.map(({ contentType }) => names[kindOf(contentType)]).join(', ');
}

import type { Message } from '#client/index.ts';
import { kindOf } from '#protocol/media-types.ts';
import { words } from '#web/words/message.ts';

/** One line that stands for a message: its text or, without one, what it consists of. */
export function excerpt({ text, media, deletedAt }: Pick<Message, 'text' | 'media' | 'deletedAt'>): string {
  if (deletedAt) return words.deleted;
  return text || media.map(({ contentType }) => words[kindOf(contentType)]).join(', ');
}

import type { Message } from '#client/index.ts';
import { countKinds } from '#protocol/media-types.ts';
import { words } from '#web/words/message.ts';

/** One line that stands for a message: its text or, without one, what it consists of: `Picture`, `3 pictures`, `2 pictures, film`. */
export function excerpt({ text, media, deletedAt }: Pick<Message, 'text' | 'media' | 'deletedAt'>): string {
  if (deletedAt) return words.deleted;
  const [first, ...others] = [...countKinds(media)].map(([kind, n]) => words[kind](n));
  return text || [first, ...others.map((one) => one.toLocaleLowerCase())].join(', ');
}

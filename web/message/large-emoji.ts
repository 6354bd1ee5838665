import type { Message } from '#client/index.ts';

const upToThree = /^(?:\p{RGI_Emoji}\s?){1,3}$/v;

/** Whether a message is one to three emoji and nothing else: then they are shown large, without a bubble. */
export function isLargeEmoji({
  text,
  media,
  replyTo,
  deletedAt,
}: Pick<Message, 'text' | 'media' | 'replyTo' | 'deletedAt'>): boolean {
  return media.length === 0 && replyTo === null && !deletedAt && upToThree.test(text);
}

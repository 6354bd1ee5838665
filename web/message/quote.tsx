import type { Message } from '#client/index.ts';
import { mediaTypes } from '#protocol/media-types.ts';
import { goTo } from '#web/app/navigation.ts';
import { useTalk } from '#web/conversation/conversation-context.ts';
import { nameOf } from '#web/people/people.ts';

/** The message that another one answers; pressed, it comes into sight. */
export function Quote({ seq }: { seq: number }) {
  const { archive, conversation, session } = useTalk();
  const message = archive.find(seq);
  if (!message) return <p class="quote">{message === null ? 'A message that can’t be seen' : '…'}</p>;
  return (
    <button type="button" class="quote" onClick={() => goTo(conversation.id, seq)}>
      <span class="sr-only">In answer to </span>
      <strong>{message.senderId === session.user.id ? 'You' : nameOf(message.senderId, session)}</strong>
      <span dir="auto">{excerpt(message)}</span>
    </button>
  );
}

/** The text, or what stands in its place. */
export function excerpt({ text, media, deletedAt }: Pick<Message, 'text' | 'media' | 'deletedAt'>): string {
  if (deletedAt) return 'This message was deleted';
  return text || media.map(({ contentType }) => (mediaTypes[contentType] === 'image' ? 'Picture' : 'Film')).join(', ');
}

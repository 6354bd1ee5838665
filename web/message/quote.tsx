import { useComputed } from '@preact/signals';
import { goToMessage } from '#web/app/navigation.ts';
import { useConversation } from '#web/conversation/conversation-context.ts';
import { Name } from '#web/people/names.tsx';
import { words } from '#web/words/message.ts';
import { excerpt } from './excerpt.ts';

interface QuoteProps {
  readonly seq: number;
  /** The `seq` of the message that replies to it, if it has one yet. */
  readonly from?: number;
}

/** The message that another one replies to. A click scrolls to it. */
export function Quote({ seq, from }: QuoteProps) {
  const context = useConversation();
  const { history, id, session } = context;
  const message = useComputed(() => history.find(seq, context.conversation)).value;
  if (!message) return <p class="quote">{message === null ? words.unseen : '…'}</p>;
  return (
    <button type="button" class="quote" onClick={() => goToMessage(id, seq, from)}>
      <span class="sr-only">{words.answerTo} </span>
      <strong>
        {message.senderId === session.user.id ? words.you : <Name id={message.senderId} session={session} />}
      </strong>
      <span dir="auto">{excerpt(message)}</span>
    </button>
  );
}

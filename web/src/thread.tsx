import { useSignal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { ConversationState } from '../../client/index.ts';
import { Avatar } from './avatar.tsx';
import { Composer } from './composer.tsx';
import { BackIcon } from './icons.tsx';
import { MessageList } from './message-list.tsx';
import { closeConversation } from './navigation.ts';
import { nameOf, partner, person, titleOf } from './people.ts';
import type { Session } from './session.ts';

interface ThreadProps {
  readonly conversation: ConversationState;
  readonly session: Session;
}

/** The open conversation. */
export function Thread({ conversation, session }: ThreadProps) {
  useMarkRead(conversation, session);
  const title = titleOf(conversation, session);
  return (
    <section class="thread" aria-label={`Conversation with ${title}`}>
      <header class="thread-head">
        <button type="button" class="quiet round back" aria-label="Back to the list" onClick={closeConversation}>
          <BackIcon />
        </button>
        <Avatar id={conversation.type === 'group' ? conversation.id : partner(conversation, session)} name={title} />
        <span class="names">
          <h1>{title}</h1>
          <small>{subtitle(conversation, session)}</small>
        </span>
      </header>
      <MessageList conversation={conversation} session={session} />
      <Composer title={title} onSend={(text) => void session.chat.send(conversation.id, text)} />
      <Announcer conversation={conversation} session={session} />
    </section>
  );
}

function subtitle(conversation: ConversationState, session: Session): string {
  if (conversation.type === 'direct') {
    const username = person(partner(conversation, session), session)?.username;
    return username ? `@${username}` : '';
  }
  const others = conversation.members.filter(({ userId }) => userId !== session.user.id).slice(0, 5);
  const names = others.map(({ userId }) => nameOf(userId, session)).join(', ');
  const more = conversation.memberCount - others.length - 1;
  return `${names}${more > 0 ? ` and ${more} more` : ''} and you`;
}

/** What is on a visible page has been read. */
function useMarkRead({ id, unread }: ConversationState, { chat }: Session): void {
  const [visible, setVisible] = useState(!document.hidden);
  useEffect(() => {
    const update = () => setVisible(!document.hidden);
    document.addEventListener('visibilitychange', update);
    return () => document.removeEventListener('visibilitychange', update);
  }, []);
  useEffect(() => {
    if (visible && unread > 0) chat.markRead(id);
  }, [visible, unread, id, chat]);
}

/** Reads new messages of others out to people who don't see them. */
function Announcer({ conversation, session }: ThreadProps) {
  const words = useSignal('');
  useEffect(
    () =>
      session.chat.on('message', ({ conversationId, message }) => {
        if (conversationId !== conversation.id || message.senderId === session.user.id) return;
        words.value = `${nameOf(message.senderId, session)}: ${message.text}`;
      }),
    [conversation.id, session, words],
  );
  return (
    <p class="sr-only" aria-live="polite">
      {words}
    </p>
  );
}

import { useSignal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { ConversationState } from '#client/index.ts';
import { Composer } from '#web/composer/composer.tsx';
import { excerpt } from '#web/message/excerpt.ts';
import { MessageList } from '#web/message/message-list.tsx';
import { MessageMenu } from '#web/message/message-menu.tsx';
import { MessageVersions } from '#web/message/message-versions.tsx';
import { lookedAt } from '#web/notifications/visibility.ts';
import { Names } from '#web/people/names.tsx';
import { nameOf, titleOf } from '#web/people/people.ts';
import type { Session } from '#web/session/session.ts';
import { ConversationContext, useConversation, useConversationValue } from './conversation-context.ts';
import { ConversationHeader } from './conversation-header.tsx';

interface ConversationPaneProps {
  readonly conversation: ConversationState;
  readonly session: Session;
}

/** Shows the open conversation: its header, its messages and the composer. */
export function ConversationPane({ conversation, session }: ConversationPaneProps) {
  const value = useConversationValue(session, conversation);
  const seenUpTo = useMarkRead(conversation, session);
  useShowConversation(conversation, session);
  const title = titleOf(conversation, session);
  return (
    <ConversationContext.Provider value={value}>
      <section class="conversation-pane" aria-label={`Conversation with ${title}`}>
        <ConversationHeader title={title} />
        <MessageList seenUpTo={seenUpTo} />
        <Typing />
        <Composer title={title} />
        <Announcer />
        <MessageMenu />
        <MessageVersions />
      </section>
    </ConversationContext.Provider>
  );
}

/** Tells the client that the conversation is on screen, so that it loads messages and receipts and subscribes to presence. */
function useShowConversation({ id, members }: ConversationState, { chat }: Session): void {
  const people = members.map(({ userId }) => userId).join();
  useEffect(() => chat.show(id), [id, people, chat]);
}

/**
 * Marks the conversation as read while somebody looks at the page. Returns the read pointer from before they did, if there were
 * unread messages then: the heading “New messages” goes there.
 */
function useMarkRead({ id, unread, readSeq }: ConversationState, { chat }: Session): number | undefined {
  const visible = lookedAt.value;
  const [previousReadSeq, setPreviousReadSeq] = useState<number>();
  useEffect(() => {
    if (visible) setPreviousReadSeq(unread > 0 ? readSeq : undefined);
  }, [visible]);
  useEffect(() => {
    if (visible && unread > 0) chat.markRead(id);
  }, [visible, unread, id, chat]);
  return previousReadSeq;
}

function Typing() {
  const { conversation, session } = useConversation();
  const { typing } = conversation;
  if (typing.length === 0) return <p class="typing" />;
  return (
    <p class="typing">
      <Names ids={typing.slice(0, 3)} session={session} count={typing.length} /> {typing.length === 1 ? 'is' : 'are'}{' '}
      typing
      <span class="dots" aria-hidden="true" />
    </p>
  );
}

/** A live region: screen readers read new messages of others aloud. */
function Announcer() {
  const { conversation, session } = useConversation();
  const announcement = useSignal('');
  useEffect(
    () =>
      session.chat.on('message', ({ conversationId, message }) => {
        if (conversationId !== conversation.id || message.senderId === session.user.id) return;
        announcement.value = `${nameOf(message.senderId, session)}: ${excerpt(message)}`;
      }),
    [conversation.id, session, announcement],
  );
  return (
    <p class="sr-only" aria-live="polite">
      {announcement}
    </p>
  );
}

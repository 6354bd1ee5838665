import { useSignal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { ConversationState } from '#client/index.ts';
import type { Session } from '#web/app/session.ts';
import { Composer } from '#web/composer/composer.tsx';
import { MessageList } from '#web/message/message-list.tsx';
import { MessageMenu } from '#web/message/message-menu.tsx';
import { EarlierVersions } from '#web/message/message-versions.tsx';
import { excerpt } from '#web/message/quote.tsx';
import { nameOf, namesOf, titleOf } from '#web/people/people.ts';
import { TalkContext, useNewTalk, useTalk } from './conversation-context.ts';
import { ThreadHead } from './conversation-header.tsx';

interface ThreadProps {
  readonly conversation: ConversationState;
  readonly session: Session;
}

/** The open conversation. */
export function Thread({ conversation, session }: ThreadProps) {
  const talk = useNewTalk(session, conversation);
  const seenUpTo = useMarkRead(conversation, session);
  useShow(conversation, session);
  const title = titleOf(conversation, session);
  return (
    <TalkContext.Provider value={talk}>
      <section class="thread" aria-label={`Conversation with ${title}`}>
        <ThreadHead title={title} />
        <MessageList seenUpTo={seenUpTo} />
        <Typing />
        <Composer title={title} />
        <Announcer />
        <MessageMenu />
        <EarlierVersions />
      </section>
    </TalkContext.Provider>
  );
}

/** Its messages, receipts and the presence of its people are wanted. */
function useShow({ id, members }: ConversationState, { chat }: Session): void {
  const people = members.map(({ userId }) => userId).join();
  useEffect(() => chat.show(id), [id, people, chat]);
}

/** What is on a visible page has been read. Returns up to where it was when the person came (back), if there was more. */
function useMarkRead({ id, unread, readSeq }: ConversationState, { chat }: Session): number | undefined {
  const [visible, setVisible] = useState(!document.hidden);
  const [seenUpTo, setSeenUpTo] = useState<number>();
  useEffect(() => {
    const update = () => setVisible(!document.hidden);
    document.addEventListener('visibilitychange', update);
    return () => document.removeEventListener('visibilitychange', update);
  }, []);
  useEffect(() => {
    if (visible) setSeenUpTo(unread > 0 ? readSeq : undefined);
  }, [visible]);
  useEffect(() => {
    if (visible && unread > 0) chat.markRead(id);
  }, [visible, unread, id, chat]);
  return seenUpTo;
}

function Typing() {
  const { conversation, session } = useTalk();
  const { typing } = conversation;
  if (typing.length === 0) return <p class="typing" />;
  const names = namesOf(typing.slice(0, 3), session, typing.length);
  return (
    <p class="typing">
      {names} {typing.length === 1 ? 'is' : 'are'} typing
      <span class="dots" aria-hidden="true" />
    </p>
  );
}

/** Reads new messages of others out to people who don't see them. */
function Announcer() {
  const { conversation, session } = useTalk();
  const words = useSignal('');
  useEffect(
    () =>
      session.chat.on('message', ({ conversationId, message }) => {
        if (conversationId !== conversation.id || message.senderId === session.user.id) return;
        words.value = `${nameOf(message.senderId, session)}: ${excerpt(message)}`;
      }),
    [conversation.id, session, words],
  );
  return (
    <p class="sr-only" aria-live="polite">
      {words}
    </p>
  );
}

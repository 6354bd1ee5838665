import { effect, type ReadonlySignal, untracked, useComputed } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ConversationState } from '#client/index.ts';
import { Composer } from '#web/composer/composer.tsx';
import { MessageList } from '#web/message/message-list.tsx';
import { lookedAt } from '#web/notifications/visibility.ts';
import { partner, titleOf } from '#web/people/people.ts';
import { walk } from '#web/search/searching.ts';
import { conversationOf, conversationsLoaded } from '#web/session/chat-state.ts';
import type { Session } from '#web/session/session.ts';
import { lazy } from '#web/ui/lazy.tsx';
import { words } from '#web/words/conversation.ts';
import {
  ConversationContext,
  type ConversationValue,
  isDetailsOpen,
  useConversationValue,
} from './conversation-context.ts';
import { ConversationHeader } from './conversation-header.tsx';

const Announcer = lazy(async () => (await import('#web/app/later.ts')).Announcer);
const HitsBar = lazy(async () => (await import('#web/search/hits-bar.tsx')).HitsBar);
const Overlay = lazy(async () => (await import('./overlay.tsx')).Overlay);
const ConversationDetails = lazy(async () => (await import('#web/details/later.ts')).ConversationDetails);
const DirectNotice = lazy(async () => (await import('#web/details/later.ts')).DirectNotice);

interface ConversationPaneProps {
  readonly state: ReadonlySignal<ConversationState>;
  readonly session: Session;
}

/** Shows the open conversation: its header, its messages and the composer. */
export function ConversationPane({ state, session }: ConversationPaneProps) {
  const value = useConversationValue(session, state);
  useSeenUpTo(value);
  useShowConversation(value);
  const title = useComputed(() => titleOf(state.value, session)).value;
  const isDirect = value.type === 'direct';
  const isGone = useComputed(() => isDirect && partner(state.value, session) === undefined).value;
  return (
    <ConversationContext.Provider value={value}>
      <section class="conversation-pane" aria-label={words.with(title)}>
        <ConversationHeader title={title} />
        {walk.value && <HitsBar />}
        <MessageList />
        {isDirect && <DirectNotice />}
        {!isGone && <Composer title={title} />}
        <Announcer />
        {value.overlay.value && <Overlay open={value.overlay.value} />}
      </section>
      {isDetailsOpen.value && (
        <ConversationDetails
          title={title}
          onClose={() => {
            isDetailsOpen.value = false;
          }}
        />
      )}
    </ConversationContext.Provider>
  );
}

/** Tells the client that the conversation is on screen, so that it loads messages and receipts and subscribes to presence. */
function useShowConversation(context: ConversationValue): void {
  const { id, session } = context;
  const people = useComputed(() => context.conversation.members.map(({ userId }) => userId).join()).value;
  useEffect(() => session.chat.show(id), [id, people, session.chat]);
}

/**
 * Each time when the person begins to look at the conversation while it has unread messages, and when those have come that were missed
 * since the page was open last, the heading “New messages” goes where they
 * stopped reading. It stays until they write, or leave.
 */
function useSeenUpTo({ id, seenUpTo }: ConversationValue): void {
  // An effect of signals: the heading is there before the list is rendered, which marks as read what is in sight.
  useEffect(
    () =>
      effect(() => {
        const isNew = conversationsLoaded.value && lookedAt.value;
        const { unread = 0, readSeq } = untracked(() => conversationOf(id)) ?? {};
        if (isNew && unread > 0) seenUpTo.value = readSeq;
      }),
    [id, seenUpTo],
  );
}

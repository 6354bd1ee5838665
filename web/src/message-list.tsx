import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ConversationState, Failure } from '../../client/index.ts';
import { dayOf } from './dates.ts';
import { DownIcon } from './icons.tsx';
import { MessageItem, OutgoingItem } from './message.tsx';
import { outgoing, type Session } from './session.ts';
import { inWords } from './words.ts';

const groupMs = 5 * 60_000;

interface ListProps {
  readonly conversation: ConversationState;
  readonly session: Session;
}

/**
 * The messages, newest at the bottom. The scroller is laid out from the bottom up (`column-reverse`): it starts at the newest
 * message, and what is added above doesn't move what is seen.
 */
export function MessageList({ conversation, session }: ListProps) {
  const { id, messages } = conversation;
  const scroller = useRef<HTMLDivElement>(null);
  const away = useSignal(false);
  const pending = useComputed(() => outgoing.value.filter(({ conversationId }) => conversationId === id));
  const lastKey = pending.value.at(-1)?.id ?? messages.at(-1)?.clientId;
  useStayInPlace(scroller, lastKey);

  return (
    <div class="scroll-frame">
      <section
        class="scroller"
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label="Messages"
        onScroll={({ currentTarget }) => {
          away.value = currentTarget.scrollTop < -200;
        }}
      >
        <div class="messages">
          <Older conversation={conversation} session={session} />
          <ol>
            {messages.map((message, index) => {
              const previous = messages[index - 1];
              const newDay = !previous || dayOf(previous.sentAt) !== dayOf(message.sentAt);
              const follows =
                !newDay &&
                previous.senderId === message.senderId &&
                Date.parse(message.sentAt) - Date.parse(previous.sentAt) < groupMs;
              return (
                <MessageItem
                  key={message.clientId}
                  message={message}
                  session={session}
                  follows={follows}
                  named={conversation.type === 'group'}
                  {...(newDay && { day: dayOf(message.sentAt) })}
                />
              );
            })}
            {pending.value.map((entry) => (
              <OutgoingItem key={entry.id} entry={entry} session={session} />
            ))}
          </ol>
        </div>
      </section>
      {away.value && (
        <button
          type="button"
          class="to-latest round"
          aria-label="To the latest message"
          onClick={() => scroller.current?.scrollTo({ top: 0 })}
        >
          <DownIcon />
        </button>
      )}
    </div>
  );
}

/** While the person reads further up, a new message at the bottom must not push the text away. */
function useStayInPlace(scroller: { current: HTMLDivElement | null }, lastKey: string | undefined): void {
  const height = useRef(0);
  const last = useRef(lastKey);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    if (lastKey !== last.current && element.scrollTop < 0) element.scrollTop -= element.scrollHeight - height.current;
    height.current = element.scrollHeight;
    last.current = lastKey;
  });
}

/** Loads older messages when the top comes into sight. */
function Older({ conversation, session }: ListProps) {
  const { id, messages, hasOlder, loaded } = conversation;
  const [failure, setFailure] = useState<Failure>();
  const top = useRef<HTMLDivElement>(null);
  const load = async () => {
    const result = await session.chat.conversations.loadHistory(id);
    setFailure('error' in result ? result.error : undefined);
  };
  // Observed anew after every page: the top may be in sight still.
  const first = messages[0]?.seq;
  useEffect(() => {
    const element = top.current;
    if (!element || !hasOlder || failure) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) void load();
      },
      { root: element.closest('.scroller'), rootMargin: '600px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [first, hasOlder, loaded, failure]);

  if (failure) {
    return (
      <p class="older" role="alert">
        {inWords(failure)}{' '}
        <button type="button" class="link" onClick={load}>
          Try again
        </button>
      </p>
    );
  }
  if (hasOlder) {
    return (
      <div class="older" ref={top}>
        Loading…
      </div>
    );
  }
  return <p class="older">{messages.length > 0 ? 'This is where it began.' : 'No messages yet. Say hello!'}</p>;
}

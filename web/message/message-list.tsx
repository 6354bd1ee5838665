import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Message } from '#client/index.ts';
import { useConversation } from '#web/conversation/conversation-context.ts';
import { outgoing } from '#web/session/chat-state.ts';
import { formatDay } from '#web/ui/dates.ts';
import { DownIcon } from '#web/ui/icons.tsx';
import { MessageItem } from './message-item.tsx';
import { OlderMessages } from './older-messages.tsx';
import { OutgoingItem } from './outgoing-item.tsx';
import { useKeepScrollPosition, useScrollTarget } from './scrolling.ts';

/** Messages of one sender are grouped if they are less than this apart. */
const groupMs = 5 * 60_000;

interface MessageListProps {
  /** The heading “New messages” comes after this `seq`; without it there is none. */
  readonly seenUpTo?: number | undefined;
}

/**
 * The messages, newest at the bottom. The scroller is laid out from the bottom up (`flex-direction: column-reverse`), so that it
 * starts at the newest message and doesn't move when older messages are added above.
 */
export function MessageList({ seenUpTo }: MessageListProps) {
  const { conversation, session, history, attempt } = useConversation();
  const { id, start } = conversation;
  const { messages, hasOlder, hasNewer } = history.shown(conversation);
  const scroller = useRef<HTMLDivElement>(null);
  const isScrolledUp = useSignal(false);
  const allWaiting = useComputed(() => outgoing.value.filter(({ conversationId }) => conversationId === id));
  const waiting = hasNewer ? [] : allWaiting.value;
  useEffect(() => history.follow(), [history]);
  // The client has started its timeline afresh (`start` is another object). A passage need not be contiguous with the new one.
  useEffect(() => history.leave(), [history, start]);
  useKeepScrollPosition(scroller, waiting.at(-1)?.id ?? messages.at(-1)?.clientId, hasNewer);
  useScrollTarget(messages);

  const firstNew = seenUpTo === undefined ? undefined : firstUnseen(messages, seenUpTo, hasOlder, session.user.id);
  function toLatest() {
    scroller.current?.scrollTo({ top: 0 });
    history.leave();
  }

  return (
    <div class="scroll-frame">
      <section
        class="scroller"
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label="Messages"
        onScroll={({ currentTarget }) => {
          isScrolledUp.value = currentTarget.scrollTop < -200;
        }}
      >
        <div class="messages">
          <OlderMessages first={messages[0]?.seq} hasOlder={hasOlder} />
          <ol>
            {messages.map((message, index) => {
              const previous = messages[index - 1];
              const day = formatDay(message.sentAt);
              const newDay = !previous || formatDay(previous.sentAt) !== day;
              const isFirstNew = message.seq === firstNew;
              const follows =
                !newDay &&
                !isFirstNew &&
                previous.senderId === message.senderId &&
                Date.parse(message.sentAt) - Date.parse(previous.sentAt) < groupMs;
              return (
                <MessageItem
                  key={message.clientId}
                  message={message}
                  follows={follows}
                  day={newDay ? day : undefined}
                  isFirstNew={isFirstNew}
                />
              );
            })}
            {waiting.map((entry) => (
              <OutgoingItem key={entry.id} entry={entry} />
            ))}
          </ol>
          {hasNewer && (
            <p class="older">
              <button type="button" class="link" onClick={() => void attempt(history.loadNewer())}>
                Newer messages
              </button>
            </p>
          )}
        </div>
      </section>
      {(isScrolledUp.value || hasNewer) && (
        <button type="button" class="to-latest round" aria-label="To the latest message" onClick={toLatest}>
          <DownIcon />
        </button>
      )}
    </div>
  );
}

/**
 * The `seq` of the first message of others after `upTo`. Undefined unless the loaded messages reach back to `upTo`: the first
 * one might not be loaded.
 */
function firstUnseen(messages: readonly Message[], upTo: number, hasOlder: boolean, me: string): number | undefined {
  if (hasOlder && (messages[0]?.seq ?? 0) > upTo) return undefined;
  return messages.find(({ seq, senderId }) => seq > upTo && senderId !== me)?.seq;
}

import { useComputed, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Message } from '#client/index.ts';
import { target } from '#web/app/navigation.ts';
import { outgoing } from '#web/app/session.ts';
import { useTalk } from '#web/conversation/conversation-context.ts';
import { dayOf } from '#web/ui/dates.ts';
import { DownIcon } from '#web/ui/icons.tsx';
import { elementId, MessageItem, OutgoingItem } from './message-item.tsx';
import { Older } from './older-messages.tsx';

const groupMs = 5 * 60_000;

interface ListProps {
  /** What is behind this `seq` is new to the person, if it is given. */
  readonly seenUpTo?: number | undefined;
}

/**
 * The messages, newest at the bottom. The scroller is laid out from the bottom up (`column-reverse`): it starts at the newest
 * message, and what is added above doesn't move what is seen.
 */
export function MessageList({ seenUpTo }: ListProps) {
  const { conversation, session, archive, attempt } = useTalk();
  const { id, start } = conversation;
  const { messages, hasOlder, hasNewer } = archive.shown(conversation);
  const scroller = useRef<HTMLDivElement>(null);
  const away = useSignal(false);
  const pending = useComputed(() => outgoing.value.filter(({ conversationId }) => conversationId === id));
  const waiting = hasNewer ? [] : pending.value;
  useEffect(() => archive.follow(), [archive]);
  // What was kept was begun anew: a passage need not join up with it.
  useEffect(() => archive.leave(), [archive, start]);
  useStayInPlace(scroller, waiting.at(-1)?.id ?? messages.at(-1)?.clientId, hasNewer);
  useTarget(messages);

  const firstNew = seenUpTo === undefined ? undefined : firstUnseen(messages, seenUpTo, hasOlder, session.user.id);
  function toLatest() {
    scroller.current?.scrollTo({ top: 0 });
    archive.leave();
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
          away.value = currentTarget.scrollTop < -200;
        }}
      >
        <div class="messages">
          <Older first={messages[0]?.seq} hasOlder={hasOlder} />
          <ol>
            {messages.map((message, index) => {
              const previous = messages[index - 1];
              const day = dayOf(message.sentAt);
              const newDay = !previous || dayOf(previous.sentAt) !== day;
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
              <button type="button" class="link" onClick={() => void attempt(archive.loadNewer())}>
                Newer messages
              </button>
            </p>
          )}
        </div>
      </section>
      {(away.value || hasNewer) && (
        <button type="button" class="to-latest round" aria-label="To the latest message" onClick={toLatest}>
          <DownIcon />
        </button>
      )}
    </div>
  );
}

/** The first one of others behind this `seq`; only where the messages reach back to it, or it might be an earlier one. */
function firstUnseen(messages: readonly Message[], upTo: number, hasOlder: boolean, me: string): number | undefined {
  if (hasOlder && (messages[0]?.seq ?? 0) > upTo) return undefined;
  return messages.find(({ seq, senderId }) => seq > upTo && senderId !== me)?.seq;
}

/** What is added below must not push away what the person reads further up, or in a passage from before. */
function useStayInPlace(scroller: RefObject<HTMLElement | null>, lastKey: string | undefined, hasNewer: boolean): void {
  const before = useRef({ height: 0, lastKey, hasNewer });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const { height } = before.current;
    const grew = lastKey !== before.current.lastKey;
    if (grew && (element.scrollTop < 0 || before.current.hasNewer)) element.scrollTop -= element.scrollHeight - height;
    before.current = { height: element.scrollHeight, lastKey, hasNewer };
  });
}

/** Brings the message into sight that is asked for, and loads what is around it where it has to. */
function useTarget(messages: readonly Message[]): void {
  const { conversation, archive, attempt } = useTalk();
  const goal = target.value;
  const sought = useRef<typeof goal>(undefined);
  useEffect(() => {
    if (!goal || goal.conversationId !== conversation.id || !conversation.loaded) return;
    if (messages.some(({ seq }) => seq === goal.seq)) {
      const element = document.getElementById(elementId(goal.seq));
      if (element) bringIntoSight(element);
      target.value = undefined;
    } else if (sought.current !== goal) {
      sought.current = goal;
      void attempt(archive.goTo(goal.seq)).then((found) => {
        if (!found) target.value = undefined;
      });
    }
  }, [goal, messages, conversation, archive, attempt]);
}

/** The focus tells it to everyone, also to those who hear the page. A click on a message gives it none: hence for now only. */
function bringIntoSight(element: HTMLElement): void {
  element.scrollIntoView({ block: 'center' });
  element.tabIndex = -1;
  element.addEventListener('blur', () => element.removeAttribute('tabindex'), { once: true });
  element.focus({ preventScroll: true });
}

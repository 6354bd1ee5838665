import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Message } from '#client/index.ts';
import { scrollTarget } from '#web/app/navigation.ts';
import { useConversation } from '#web/conversation/conversation-context.ts';
import { elementId } from './message-item.tsx';

/**
 * Keeps what the person reads in place when messages are added below it, unless they are at the newest message.
 * @param lastKey identifies the last message that is shown
 * @param hasNewer whether a passage is shown that doesn't end with the newest message
 */
export function useKeepScrollPosition(
  scroller: RefObject<HTMLElement | null>,
  lastKey: string | undefined,
  hasNewer: boolean,
): void {
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

/** Scrolls to the message that `scrollTarget` names, and loads the passage around it first if it isn't shown. */
export function useScrollTarget(messages: readonly Message[]): void {
  const { conversation, history, attempt } = useConversation();
  const goal = scrollTarget.value;
  const loading = useRef<typeof goal>(undefined);
  useEffect(() => {
    if (!goal || goal.conversationId !== conversation.id || !conversation.loaded) return;
    if (messages.some(({ seq }) => seq === goal.seq)) {
      const element = document.getElementById(elementId(goal.seq));
      if (element) scrollToAndFocus(element);
      scrollTarget.value = undefined;
    } else if (loading.current !== goal) {
      loading.current = goal;
      void attempt(history.goTo(goal.seq)).then((found) => {
        if (!found) scrollTarget.value = undefined;
      });
    }
  }, [goal, messages, conversation, history, attempt]);
}

/**
 * Scrolls to an element and focuses it, which marks it on the screen and makes screen readers read it. The element stays
 * focusable only until it loses the focus, or every later click on it would focus it, too.
 */
function scrollToAndFocus(element: HTMLElement): void {
  element.scrollIntoView({ block: 'center' });
  element.tabIndex = -1;
  element.addEventListener('blur', () => element.removeAttribute('tabindex'), { once: true });
  element.focus({ preventScroll: true });
}

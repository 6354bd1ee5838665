import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Message } from '#client/index.ts';
import { type ConversationValue, useConversation } from '#web/conversation/conversation-context.ts';

/** How long a finger rests for a long press, in ms, and how far it may move meanwhile, in px. */
const pressMs = 450;
const restPx = 10;
/** How far a finger moves a message to reply to it, in px. */
const replyPx = 56;

/** The gestures in a list of messages: the mouse over one, double click, context menu, swipe and long press. Renders nothing. */
export function Gestures({ list }: { list: RefObject<HTMLElement | null> }) {
  const context = useConversation();
  useEffect(() => {
    const ended = new AbortController();
    if (list.current) {
      followMouse(list.current, context, ended.signal);
      followTouch(list.current, context, ended.signal);
    }
    return () => ended.abort();
  }, [context, list]);
  return null;
}

function followMouse(list: HTMLElement, context: ConversationValue, signal: AbortSignal): void {
  const { hovered, overlay } = context;
  // Not `pointerover`, which comes for each message that scrolls through below the mouse.
  list.addEventListener(
    'pointermove',
    ({ target, pointerType }) => {
      if (pointerType === 'mouse') hovered.value = messageAt(target, context)?.message.seq;
    },
    { signal },
  );
  for (const away of ['pointerleave', 'scroll'])
    list.addEventListener(
      away,
      () => {
        hovered.value = undefined;
      },
      { signal },
    );
  list.addEventListener(
    'dblclick',
    ({ target }) => {
      // A double click on words chooses them.
      if (isWithin(target, '.text, a, button, video, audio')) return;
      reply(context, messageAt(target, context)?.message);
    },
    { signal },
  );
  list.addEventListener(
    'contextmenu',
    (event) => {
      const found = messageAt(event.target, context);
      // The browser's own menu has more for links and films, and for chosen words.
      if (!found || isWithin(event.target, 'a, video, audio') || getSelection()?.isCollapsed === false) return;
      event.preventDefault();
      // On a touch screen it comes with the long press, which opens the menu by itself.
      if (event instanceof PointerEvent && event.pointerType === 'touch') return;
      overlay.value = { kind: 'menu', message: found.message, at: new DOMRect(event.clientX, event.clientY, 0, 0) };
    },
    { signal },
  );
}

interface Touch {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  readonly message: Message;
  readonly element: HTMLElement;
  readonly timer: ReturnType<typeof setTimeout>;
  state: 'resting' | 'pressed' | 'swiping' | 'over';
}

function followTouch(list: HTMLElement, context: ConversationValue, signal: AbortSignal): void {
  let touch: Touch | undefined;
  const towardsEnd = () => (getComputedStyle(list).direction === 'rtl' ? -1 : 1);
  const moved = ({ clientX, clientY }: PointerEvent, { x, y }: Touch) => ({
    along: (clientX - x) * towardsEnd(),
    across: Math.abs(clientY - y),
  });

  function start({ pointerId: id, pointerType, clientX: x, clientY: y, target }: PointerEvent): void {
    finish();
    const found = pointerType === 'touch' ? messageAt(target, context) : undefined;
    if (!found) return;
    const begun: Touch = { id, x, y, ...found, state: 'resting', timer: setTimeout(() => press(begun), pressMs) };
    touch = begun;
  }

  function press(pressed: Touch): void {
    if (pressed.state !== 'resting') return;
    pressed.state = 'pressed';
    pressed.element.classList.add('pressed');
    navigator.vibrate?.(10);
  }

  function move(event: PointerEvent): void {
    if (!touch || touch.id !== event.pointerId || touch.state === 'pressed' || touch.state === 'over') return;
    const { along, across } = moved(event, touch);
    if (touch.state === 'resting') {
      if (Math.max(Math.abs(along), across) < restPx) return;
      clearTimeout(touch.timer);
      touch.state = along > across ? 'swiping' : 'over';
    }
    if (touch.state === 'swiping')
      touch.element.style.translate = `${Math.min(Math.max(along, 0), replyPx * 1.5) * towardsEnd()}px`;
  }

  function end(event: PointerEvent): void {
    if (!touch || touch.id !== event.pointerId) return;
    const { state, message, element } = touch;
    const { along } = moved(event, touch);
    finish();
    if (state === 'swiping' && along >= replyPx) reply(context, message);
    if (state !== 'pressed') return;
    // The click that follows isn't meant for the link or the picture under the finger.
    list.addEventListener('click', swallow, { capture: true });
    // The end of the touch would close what opens with it.
    const at = element.getBoundingClientRect();
    setTimeout(() => {
      list.removeEventListener('click', swallow, { capture: true });
      context.overlay.value = { kind: 'menu', message, at };
    });
  }

  function finish(): void {
    if (!touch) return;
    clearTimeout(touch.timer);
    touch.element.classList.remove('pressed');
    touch.element.style.translate = '';
    touch = undefined;
  }

  list.addEventListener('pointerdown', start, { signal });
  list.addEventListener('pointermove', move, { signal });
  list.addEventListener('pointerup', end, { signal });
  list.addEventListener('pointercancel', finish, { signal });
}

function swallow(event: MouseEvent): void {
  event.preventDefault();
  event.stopPropagation();
}

function isWithin(target: EventTarget | null, selector: string): boolean {
  return target instanceof Element && target.closest(selector) !== null;
}

/** The message that an element belongs to, unless it was deleted. */
function messageAt(target: EventTarget | null, { history, conversation }: ConversationValue) {
  const element = target instanceof Element ? target.closest<HTMLElement>('.message[id]') : null;
  const message = element && history.find(Number(element.id.split('-')[1]), conversation);
  return message && !message.deletedAt ? { element, message } : undefined;
}

function reply({ draft }: ConversationValue, message: Message | undefined): void {
  if (message) draft.mode.value = { kind: 'reply', message };
}

import { useLayoutEffect, useRef } from 'preact/hooks';
import { type Message, ticks } from '#client/index.ts';
import { manages, type Talk, useTalk } from '#web/conversation/conversation-context.ts';
import { Sure } from '#web/ui/confirm-button.tsx';
import { DeleteIcon, EditIcon, HistoryIcon, ReplyIcon } from '#web/ui/icons.tsx';
import { progress } from './message-status.tsx';

const emoji = ['👍', '❤️', '😂', '🎉', '😮', '😢', '🙏', '👀', '🔥', '👏', '🤔', '✅'];
const gapPx = 4;
const marginPx = 8;

/** What can be done with a message, beside the button that asked for it. */
export function MessageMenu() {
  const { menu } = useTalk();
  const element = useRef<HTMLDivElement>(null);
  const open = menu.value;

  useLayoutEffect(() => {
    if (!open || !element.current) return;
    element.current.showPopover();
    place(element.current, open.button.getBoundingClientRect());
    element.current.querySelector('button')?.focus();
  }, [open]);

  return (
    <div
      ref={element}
      popover="auto"
      class="menu"
      role="dialog"
      aria-label="Actions for the message"
      onToggle={({ newState }) => {
        if (newState === 'closed') menu.value = undefined;
      }}
    >
      {open && (
        <Items key={open.message.clientId} message={open.message} close={() => element.current?.hidePopover()} />
      )}
    </div>
  );
}

function Items({ message, close }: { message: Message; close: () => void }) {
  const talk = useTalk();
  const { conversation, session, draft, versions, attempt } = talk;
  const { chat, user } = session;
  const { seq } = message;
  const own = message.senderId === user.id;
  const allowed = own || manages(conversation, session);
  // The focus goes back first, then to where it is needed next.
  const then = (act: () => void) => () => {
    close();
    act();
  };
  return (
    <>
      <div class="palette">
        {emoji.map((one) => (
          <button
            type="button"
            key={one}
            aria-pressed={hasReacted(message, one)}
            onClick={then(() => toggle(talk, message, one))}
          >
            {one}
          </button>
        ))}
      </div>
      <button type="button" onClick={then(() => (draft.writing.value = { kind: 'reply', message }))}>
        <ReplyIcon /> Reply
      </button>
      {own && (
        <button type="button" onClick={then(() => (draft.writing.value = { kind: 'edit', message }))}>
          <EditIcon /> Edit
        </button>
      )}
      {allowed && message.editedAt && (
        <button type="button" onClick={then(() => (versions.value = message))}>
          <HistoryIcon /> Earlier versions
        </button>
      )}
      {allowed && (
        <Sure really="Delete for everyone" onSure={then(() => void attempt(chat.delete(conversation.id, seq)))}>
          <DeleteIcon /> Delete
        </Sure>
      )}
      {own && <p class="progress">{progress(conversation, ticks(conversation, message, user.id))}</p>}
    </>
  );
}

export function hasReacted({ reactions = [] }: Message, one: string): boolean {
  return reactions.some((reaction) => reaction.emoji === one && reaction.mine);
}

/** Reacts with the emoji, or takes that back. */
export function toggle({ conversation, session, attempt }: Talk, message: Message, one: string): void {
  void attempt(session.chat.react(conversation.id, message.seq, one, hasReacted(message, one)));
}

/** Below the button or, where there is no room, above it; within the window. */
function place(element: HTMLElement, button: DOMRect): void {
  const { width, height } = element.getBoundingClientRect();
  const below = button.bottom + gapPx + height + marginPx <= innerHeight;
  const top = below ? button.bottom + gapPx : button.top - gapPx - height;
  const left = Math.min(button.left, innerWidth - width - marginPx);
  element.style.top = `${Math.max(marginPx, top)}px`;
  element.style.left = `${Math.max(marginPx, left)}px`;
}

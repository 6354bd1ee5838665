import { useLayoutEffect, useRef } from 'preact/hooks';
import { deliveryStatus, type Message } from '#client/index.ts';
import { canManage, useConversation } from '#web/conversation/conversation-context.ts';
import { ConfirmButton } from '#web/ui/confirm-button.tsx';
import { DeleteIcon, EditIcon, HistoryIcon, ReplyIcon } from '#web/ui/icons.tsx';
import { words } from '#web/words/message-menu.ts';
import { statusText } from './message-status.tsx';
import { hasReacted, toggleReaction } from './reactions.tsx';
import '#web/styles/menu.css';

const emoji = ['👍', '❤️', '😂', '🎉', '😮', '😢', '🙏', '👀', '🔥', '👏', '🤔', '✅'];
const gapPx = 4;
const marginPx = 8;

/**
 * The menu of what can be done with a message. It opens beside the message's button, and one menu serves the whole
 * conversation.
 */
export function MessageMenu() {
  const { menu } = useConversation();
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
      aria-label={words.title}
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
  const context = useConversation();
  const { conversation, session, draft, versions, attempt } = context;
  const { chat, user } = session;
  const { seq } = message;
  const own = message.senderId === user.id;
  const allowed = own || canManage(conversation, session);
  // The menu closes first: it returns the focus to its button, from where the action may take it elsewhere.
  const closeAnd = (act: () => void) => () => {
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
            onClick={closeAnd(() => toggleReaction(context, message, one))}
          >
            {one}
          </button>
        ))}
      </div>
      <button type="button" onClick={closeAnd(() => (draft.mode.value = { kind: 'reply', message }))}>
        <ReplyIcon /> {words.reply}
      </button>
      {own && (
        <button type="button" onClick={closeAnd(() => (draft.mode.value = { kind: 'edit', message }))}>
          <EditIcon /> {words.edit}
        </button>
      )}
      {allowed && message.editedAt && (
        <button type="button" onClick={closeAnd(() => (versions.value = message))}>
          <HistoryIcon /> {words.versions}
        </button>
      )}
      {allowed && (
        <ConfirmButton
          confirmLabel={words.reallyRemove}
          onConfirm={closeAnd(() => void attempt(chat.delete(conversation.id, seq)))}
        >
          <DeleteIcon /> {words.remove}
        </ConfirmButton>
      )}
      {own && <p class="hint">{statusText(conversation, deliveryStatus(conversation, message, user.id))}</p>}
    </>
  );
}

/** Places the menu below the button, or above it where there is no room below, and keeps it within the window. */
function place(element: HTMLElement, button: DOMRect): void {
  const { width, height } = element.getBoundingClientRect();
  const below = button.bottom + gapPx + height + marginPx <= innerHeight;
  const top = below ? button.bottom + gapPx : button.top - gapPx - height;
  const left = Math.min(button.left, innerWidth - width - marginPx);
  element.style.top = `${Math.max(marginPx, top)}px`;
  element.style.left = `${Math.max(marginPx, left)}px`;
}

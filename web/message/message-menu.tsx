import { deliveryStatus, type Message } from '#client/index.ts';
import { canManage, useConversation } from '#web/conversation/conversation-context.ts';
import { noteEmoji, recentEmoji } from '#web/emoji/recent-emoji.ts';
import { ConfirmButton } from '#web/ui/confirm-button.tsx';
import { PlusIcon } from '#web/ui/icons.tsx';
import { CopyIcon, DeleteIcon, EditIcon, ForwardIcon, HistoryIcon, ReplyIcon } from '#web/ui/more-icons.tsx';
import { Popover } from '#web/ui/popover.tsx';
import { words } from '#web/words/message-menu.ts';
import { statusText } from './message-status.tsx';
import { hasReacted, toggleReaction } from './reactions.tsx';
import '#web/styles/menu.css';

/** How many emoji stand beside the button for all others. */
const shown = 6;

interface MessageMenuProps {
  readonly message: Message;
  readonly at: DOMRect;
  readonly onClose: () => void;
}

/** The menu of what can be done with a message. */
export function MessageMenu({ message, at, onClose }: MessageMenuProps) {
  return (
    <Popover label={words.title} class="menu" at={at} onClose={onClose}>
      {(close) => <Items message={message} at={at} close={close} />}
    </Popover>
  );
}

function Items({ message, at, close }: { message: Message; at: DOMRect; close: () => void }) {
  const context = useConversation();
  const { conversation, session, draft, overlay, attempt } = context;
  const { chat, user } = session;
  const { seq, text } = message;
  const own = message.senderId === user.id;
  const allowed = own || canManage(conversation, session);
  // The menu closes first: it returns the focus to where it was, from where the action may take it elsewhere.
  const closeAnd = (act: () => void) => () => {
    close();
    act();
  };
  const react = (emoji: string) => {
    noteEmoji(user.id, emoji);
    toggleReaction(context, message, emoji);
  };
  return (
    <>
      <div class="palette">
        {recentEmoji(user.id)
          .slice(0, shown)
          .map((one) => (
            <button
              type="button"
              key={one}
              aria-pressed={hasReacted(message, one)}
              onClick={closeAnd(() => react(one))}
            >
              {one}
            </button>
          ))}
        <button
          type="button"
          aria-label={words.moreEmoji}
          title={words.moreEmoji}
          onClick={closeAnd(() => (overlay.value = { kind: 'emoji', at, onPick: react }))}
        >
          <PlusIcon />
        </button>
      </div>
      <button type="button" onClick={closeAnd(() => (draft.mode.value = { kind: 'reply', message }))}>
        <ReplyIcon /> {words.reply}
      </button>
      {text !== '' && (
        <button type="button" onClick={closeAnd(() => void copy(text))}>
          <CopyIcon /> {words.copy}
        </button>
      )}
      <button type="button" onClick={closeAnd(() => (overlay.value = { kind: 'forward', message }))}>
        <ForwardIcon /> {words.forward}
      </button>
      {own && (
        <button type="button" onClick={closeAnd(() => (draft.mode.value = { kind: 'edit', message }))}>
          <EditIcon /> {words.edit}
        </button>
      )}
      {allowed && message.editedAt && (
        <button type="button" onClick={closeAnd(() => (overlay.value = { kind: 'versions', message }))}>
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

/** A browser may deny the clipboard: then nothing is copied, as it has told the person. */
async function copy(text: string): Promise<void> {
  await navigator.clipboard.writeText(text).catch(console.warn);
}

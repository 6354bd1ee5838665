import { useComputed } from '@preact/signals';
import type { Message } from '#client/index.ts';
import { useConversation } from '#web/conversation/conversation-context.ts';
import { Avatar } from '#web/people/avatar.tsx';
import { hueOf } from '#web/people/hue.ts';
import { avatarUrlOf, nameOf } from '#web/people/people.ts';
import { formatTime } from '#web/ui/dates.ts';
import { MoreIcon } from '#web/ui/icons.tsx';
import { lazy } from '#web/ui/lazy.tsx';
import { words } from '#web/words/message.ts';
import { excerpt } from './excerpt.ts';
import { isLargeEmoji } from './large-emoji.ts';
import { bubbleClass, MessageMedia } from './message-media.tsx';
import { MessageStatus } from './message-status.tsx';
import { MessageText } from './message-text.tsx';
import { Quote } from './quote.tsx';
import { Reactions } from './reactions.tsx';
import type { PlaceInRun } from './rows.ts';

const QuickReactions = lazy(async () => (await import('./quick-reactions.tsx')).QuickReactions);

const freshMs = 2_000;

interface MessageItemProps extends PlaceInRun {
  readonly message: Message;
}

/** The DOM id of the element that shows the message with this `seq`. */
export function elementId(seq: number): string {
  return `message-${seq}`;
}

export function MessageItem({ message, follows, followed }: MessageItemProps) {
  const { type, session, overlay, hovered } = useConversation();
  const { seq, senderId, sentAt, editedAt, deletedAt, replyTo } = message;
  const own = senderId === session.user.id;
  const isHovered = useComputed(() => hovered.value === seq).value;
  const named = type === 'group';
  const name = nameOf(senderId, session);
  return (
    <div
      id={elementId(seq)}
      class={`message ${own ? 'own' : 'theirs'} ${follows ? 'follows' : ''} ${followed ? 'followed' : ''} ${deletedAt ? 'deleted' : ''} ${isLargeEmoji(message) ? 'large-emoji' : ''} ${isFresh(sentAt) ? 'fresh' : ''}`}
    >
      {named &&
        !own &&
        (follows ? (
          <span class="avatar-space" />
        ) : (
          <Avatar id={senderId} name={name} url={avatarUrlOf(senderId, session)} size="small" />
        ))}
      <div class="body">
        <div class={bubbleClass(message.media)}>
          {!follows && !own && (
            <span class={named ? 'sender' : 'sr-only'} style={hueOf(senderId)} dir="auto">
              {name}
            </span>
          )}
          {own && <span class="sr-only">{words.you}</span>}
          {replyTo !== null && !deletedAt && <Quote seq={replyTo} from={seq} />}
          <MessageMedia media={message.media} messageId={message.clientId} />
          <MessageText text={deletedAt ? excerpt(message) : message.text} />
          <span class="meta">
            {editedAt && !deletedAt && <span>{words.edited}</span>}
            <time dateTime={sentAt}>{formatTime(sentAt)}</time>
            {own && !deletedAt && <MessageStatus message={message} />}
          </span>
        </div>
        <Reactions message={message} />
      </div>
      {!deletedAt && (
        <span class="message-actions">
          {isHovered && <QuickReactions message={message} />}
          <button
            type="button"
            class="quiet more"
            aria-label={words.actions}
            aria-haspopup="dialog"
            onClick={({ currentTarget }) => {
              overlay.value = { kind: 'menu', message, at: currentTarget.getBoundingClientRect() };
            }}
          >
            <MoreIcon />
          </button>
        </span>
      )}
    </div>
  );
}

/** Whether it has just arrived: such messages appear with a motion. */
function isFresh(sentAt: string): boolean {
  return Date.now() - Date.parse(sentAt) < freshMs;
}

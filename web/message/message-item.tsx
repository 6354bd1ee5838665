import type { Message } from '#client/index.ts';
import { useConversation } from '#web/conversation/conversation-context.ts';
import { Avatar } from '#web/people/avatar.tsx';
import { hueOf } from '#web/people/hue.ts';
import { avatarUrlOf, nameOf } from '#web/people/people.ts';
import { formatTime } from '#web/ui/dates.ts';
import { MoreIcon } from '#web/ui/icons.tsx';
import { words } from '#web/words/message.ts';
import { excerpt } from './excerpt.ts';
import { MessageMedia } from './message-media.tsx';
import { MessageStatus } from './message-status.tsx';
import { MessageText } from './message-text.tsx';
import { Quote } from './quote.tsx';
import { Reactions } from './reactions.tsx';
import type { PlaceInRun } from './rows.ts';

const freshMs = 2_000;

interface MessageItemProps extends PlaceInRun {
  readonly message: Message;
}

/** The DOM id of the element that shows the message with this `seq`. */
export function elementId(seq: number): string {
  return `message-${seq}`;
}

export function MessageItem({ message, follows, followed }: MessageItemProps) {
  const { type, session, menu } = useConversation();
  const { seq, senderId, sentAt, editedAt, deletedAt, replyTo } = message;
  const own = senderId === session.user.id;
  const named = type === 'group';
  const name = nameOf(senderId, session);
  return (
    <div
      id={elementId(seq)}
      class={`message ${own ? 'own' : 'theirs'} ${follows ? 'follows' : ''} ${followed ? 'followed' : ''} ${deletedAt ? 'deleted' : ''} ${isFresh(sentAt) ? 'fresh' : ''}`}
    >
      {named &&
        !own &&
        (follows ? (
          <span class="avatar-space" />
        ) : (
          <Avatar id={senderId} name={name} url={avatarUrlOf(senderId, session)} size="small" />
        ))}
      <div class="body">
        <div class="bubble">
          {!follows && !own && (
            <span class={named ? 'sender' : 'sr-only'} style={hueOf(senderId)} dir="auto">
              {name}
            </span>
          )}
          {own && <span class="sr-only">{words.you}</span>}
          {replyTo !== null && !deletedAt && <Quote seq={replyTo} from={seq} />}
          <MessageMedia media={message.media} />
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
        <button
          type="button"
          class="quiet more"
          aria-label={words.actions}
          aria-haspopup="dialog"
          onClick={({ currentTarget }) => {
            menu.value = { message, button: currentTarget };
          }}
        >
          <MoreIcon />
        </button>
      )}
    </div>
  );
}

/** Whether it has just arrived: such messages appear with a motion. */
function isFresh(sentAt: string): boolean {
  return Date.now() - Date.parse(sentAt) < freshMs;
}

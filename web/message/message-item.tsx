import type { Message, Outgoing } from '#client/index.ts';
import { inWords } from '#web/app/failure-messages.ts';
import { useTalk } from '#web/conversation/conversation-context.ts';
import { Avatar } from '#web/people/avatar.tsx';
import { nameOf, pictureOf } from '#web/people/people.ts';
import { timeOf } from '#web/ui/dates.ts';
import { MoreIcon, PendingIcon } from '#web/ui/icons.tsx';
import { parts } from './links.ts';
import { MessageMedia } from './message-media.tsx';
import { Ticks } from './message-status.tsx';
import { excerpt, Quote } from './quote.tsx';
import { Reactions } from './reactions.tsx';

interface MessageItemProps {
  readonly message: Message;
  /** Comes soon after one of the same sender: shown as one with it. */
  readonly follows: boolean;
  /** The day that begins with this message. */
  readonly day?: string | undefined;
  /** The first one that the person hasn't seen. */
  readonly isFirstNew: boolean;
}

/** The element that shows a message. */
export function elementId(seq: number): string {
  return `message-${seq}`;
}

export function MessageItem({ message, follows, day, isFirstNew }: MessageItemProps) {
  const { conversation, session, menu } = useTalk();
  const { seq, senderId, sentAt, editedAt, deletedAt, replyTo } = message;
  const own = senderId === session.user.id;
  const named = conversation.type === 'group';
  const name = nameOf(senderId, session);
  return (
    <>
      {day && <li class="heading">{day}</li>}
      {isFirstNew && <li class="heading new">New messages</li>}
      <li
        id={elementId(seq)}
        class={`message ${own ? 'own' : 'theirs'} ${follows ? 'follows' : ''} ${deletedAt ? 'deleted' : ''}`}
      >
        {named &&
          !own &&
          (follows ? (
            <span class="avatar-space" />
          ) : (
            <Avatar id={senderId} name={name} url={pictureOf(senderId, session)} size="small" />
          ))}
        <div class="body">
          <div class="bubble">
            {!follows && !own && <span class={named ? 'sender' : 'sr-only'}>{name}</span>}
            {own && <span class="sr-only">You</span>}
            {replyTo !== null && !deletedAt && <Quote seq={replyTo} />}
            <MessageMedia media={message.media} />
            <Text text={deletedAt ? excerpt(message) : message.text} />
            <span class="meta">
              {editedAt && !deletedAt && <span>edited</span>}
              <time dateTime={sentAt}>{timeOf(sentAt)}</time>
              {own && !deletedAt && <Ticks message={message} />}
            </span>
          </div>
          <Reactions message={message} />
        </div>
        {!deletedAt && (
          <button
            type="button"
            class="quiet more"
            aria-label="Actions"
            aria-haspopup="dialog"
            onClick={({ currentTarget }) => {
              menu.value = { message, button: currentTarget };
            }}
          >
            <MoreIcon />
          </button>
        )}
      </li>
    </>
  );
}

/** An own message that the server hasn't acknowledged. */
export function OutgoingItem({ entry }: { entry: Outgoing }) {
  const { id, text, media = [], createdAt, replyTo, failure } = entry;
  const { outbox } = useTalk().session.chat;
  return (
    <li class={`message own ${failure ? 'failed' : 'pending'}`}>
      <div class="body">
        <div class="bubble">
          <span class="sr-only">You</span>
          {replyTo !== undefined && <Quote seq={replyTo} />}
          <MessageMedia media={media} />
          <Text text={text} />
          <span class="meta">
            <time dateTime={createdAt}>{timeOf(createdAt)}</time>
            {!failure && (
              <>
                <PendingIcon />
                <span class="sr-only">Sending</span>
              </>
            )}
          </span>
        </div>
        {failure && (
          <p class="undelivered" role="alert">
            Not sent. {inWords(failure)}{' '}
            <button type="button" class="link" onClick={() => void outbox.retry(id)}>
              Try again
            </button>{' '}
            <button type="button" class="link" onClick={() => void outbox.remove(id)}>
              Discard
            </button>
          </p>
        )}
      </div>
    </li>
  );
}

function Text({ text }: { text: string }) {
  if (text === '') return null;
  return (
    <p class="text" dir="auto">
      {parts(text).map((part, index) =>
        part.href ? (
          <a key={index} href={part.href} target="_blank" rel="noopener noreferrer">
            {part.text}
          </a>
        ) : (
          part.text
        ),
      )}
    </p>
  );
}

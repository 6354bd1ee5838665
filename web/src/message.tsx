import type { Message, Outgoing } from '../../client/index.ts';
import { Avatar } from './avatar.tsx';
import { timeOf } from './dates.ts';
import { PendingIcon, SentIcon } from './icons.tsx';
import { parts } from './links.ts';
import { nameOf } from './people.ts';
import type { Session } from './session.ts';
import { inWords } from './words.ts';

interface MessageItemProps {
  readonly message: Message;
  readonly session: Session;
  /** Comes soon after one of the same sender: shown as one with it. */
  readonly follows: boolean;
  /** Whether the sender's name is shown. */
  readonly named: boolean;
  /** The day that begins with this message. */
  readonly day?: string;
}

export function MessageItem({ message, session, follows, named, day }: MessageItemProps) {
  const { senderId, text, sentAt } = message;
  const own = senderId === session.user.id;
  const name = nameOf(senderId, session);
  return (
    <>
      {day && <li class="day">{day}</li>}
      <li class={`message ${own ? 'own' : 'theirs'} ${follows ? 'follows' : ''}`}>
        {named && !own && (follows ? <span class="avatar-space" /> : <Avatar id={senderId} name={name} size="small" />)}
        <div class="bubble">
          {!follows && !own && <span class={named ? 'sender' : 'sr-only'}>{name}</span>}
          {own && <span class="sr-only">You</span>}
          <Text text={text} />
          <span class="meta">
            <time dateTime={sentAt}>{timeOf(sentAt)}</time>
            {own && (
              <>
                <SentIcon />
                <span class="sr-only">Sent</span>
              </>
            )}
          </span>
        </div>
      </li>
    </>
  );
}

/** An own message that the server hasn't acknowledged. */
export function OutgoingItem({ entry, session }: { entry: Outgoing; session: Session }) {
  const { id, text, createdAt, failure } = entry;
  const { outbox } = session.chat;
  return (
    <li class={`message own ${failure ? 'failed' : 'pending'}`}>
      <div class="bubble">
        <span class="sr-only">You</span>
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
    </li>
  );
}

function Text({ text }: { text: string }) {
  return (
    <p class="text">
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

import type { ConversationState } from '../../client/index.ts';
import { Avatar } from './avatar.tsx';
import { shortWhen } from './dates.ts';
import { addressOf, openId } from './navigation.ts';
import { nameOf, partner, titleOf } from './people.ts';
import type { Session } from './session.ts';

/** A conversation in the list: name, last message, unread count. */
export function ConversationLink({ conversation, session }: { conversation: ConversationState; session: Session }) {
  const { id, type, unread, lastMessage, createdAt } = conversation;
  const title = titleOf(conversation, session);
  return (
    <li>
      <a href={addressOf(id)} class="conversation" {...(openId.value === id && { 'aria-current': 'page' })}>
        <Avatar id={type === 'group' ? id : partner(conversation, session)} name={title} />
        <span class="names">
          <strong>{title}</strong>
          <small>{preview(conversation, session)}</small>
        </span>
        <span class="marks">
          <time dateTime={lastMessage?.sentAt ?? createdAt}>{shortWhen(lastMessage?.sentAt ?? createdAt)}</time>
          {unread > 0 && (
            <span class="unread">
              {unread > 99 ? '99+' : unread}
              <span class="sr-only"> unread</span>
            </span>
          )}
        </span>
      </a>
    </li>
  );
}

function preview({ lastMessage, type }: ConversationState, session: Session): string {
  if (!lastMessage) return 'No messages yet';
  if (lastMessage.senderId === session.user.id) return `You: ${lastMessage.text}`;
  if (type === 'direct') return lastMessage.text;
  const [firstName] = nameOf(lastMessage.senderId, session).split(' ');
  return `${firstName}: ${lastMessage.text}`;
}

import { type ConversationState, deliveryStatus } from '#client/index.ts';
import { hrefOf, openConversationId } from '#web/app/navigation.ts';
import { draftText } from '#web/composer/drafts.ts';
import { excerpt } from '#web/message/excerpt.ts';
import { Ticks } from '#web/message/message-status.tsx';
import { Avatar } from '#web/people/avatar.tsx';
import { Names } from '#web/people/names.tsx';
import { avatarUrlOf, nameOf, partner, titleOf } from '#web/people/people.ts';
import { conversationOf, presenceOf } from '#web/session/chat-state.ts';
import type { Session } from '#web/session/session.ts';
import { formatShort } from '#web/ui/dates.ts';
import { MutedIcon } from '#web/ui/icons.tsx';
import { memo } from '#web/ui/memo.ts';
import { shortCount } from '#web/words/locale.ts';
import { words } from '#web/words/sidebar.ts';

/** A conversation in the sidebar: name, last message, unread count. */
export const ConversationItem = memo(({ id, session }: { id: string; session: Session }) => {
  const conversation = conversationOf(id);
  return conversation ? <Entry conversation={conversation} session={session} /> : null;
});

function Entry({ conversation, session }: { conversation: ConversationState; session: Session }) {
  const { id, type, unread, muted, typing, lastMessage, createdAt } = conversation;
  const other = type === 'direct' ? partner(conversation, session) : undefined;
  const online = other !== undefined && presenceOf(other)?.online;
  const title = titleOf(conversation, session);
  return (
    <a href={hrefOf(id)} class="conversation" {...(openConversationId.value === id && { 'aria-current': 'page' })}>
      <Avatar id={other ?? id} name={title} url={avatarUrlOf(conversation, session)} online={online} />
      <strong dir="auto">{title}</strong>
      <small class={typing.length > 0 ? 'writing' : ''}>
        <Preview conversation={conversation} session={session} />
      </small>
      <time dateTime={lastMessage?.sentAt ?? createdAt}>{formatShort(lastMessage?.sentAt ?? createdAt)}</time>
      <span class="marks">
        {online && <span class="sr-only">{words.online}</span>}
        {muted && (
          <span class="muted">
            <MutedIcon />
            <span class="sr-only">{words.muted}</span>
          </span>
        )}
        {unread > 0 && (
          <span class={muted ? 'unread quietly' : 'unread'}>
            {shortCount(unread)}
            <span class="sr-only"> {words.unread}</span>
          </span>
        )}
      </span>
    </a>
  );
}

function Preview({ conversation, session }: { conversation: ConversationState; session: Session }) {
  const { id, lastMessage, receipts, type, typing } = conversation;
  if (typing.length > 0)
    return type === 'direct'
      ? words.typing
      : words.someTyping(<Names ids={typing.slice(0, 1)} session={session} count={typing.length} />);
  // What was begun in the open conversation is in sight.
  const draft = openConversationId.value !== id && draftText(session, id);
  if (draft) return <>{words.from(<span class="danger">{words.draft}</span>, <bdi>{draft}</bdi>)}</>;
  if (!lastMessage) return words.noMessages;
  const text = <bdi>{excerpt(lastMessage)}</bdi>;
  if (lastMessage.senderId === session.user.id)
    return (
      <>
        {/* As long as it isn't known, nothing is better than “sent”. */}
        {!lastMessage.deletedAt && Object.keys(receipts).length > 0 && (
          <Ticks status={deliveryStatus(conversation, lastMessage, session.user.id).status} />
        )}
        {words.from(words.you, text)}
      </>
    );
  if (type === 'direct') return text;
  const [firstName] = nameOf(lastMessage.senderId, session).split(' ');
  return <>{words.from(<bdi>{firstName}</bdi>, text)}</>;
}

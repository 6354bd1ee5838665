import type { ConversationState } from '#client/index.ts';
import { closeConversation } from '#web/app/navigation.ts';
import { Avatar } from '#web/people/avatar.tsx';
import { Names } from '#web/people/names.tsx';
import { avatarUrlOf, partner, userById } from '#web/people/people.ts';
import { searching } from '#web/search/searching.ts';
import { presenceOf } from '#web/session/chat-state.ts';
import type { Session } from '#web/session/session.ts';
import { formatLastSeen } from '#web/ui/dates.ts';
import { IconButton } from '#web/ui/icon-button.tsx';
import { BackIcon, InfoIcon, SearchIcon } from '#web/ui/icons.tsx';
import { words } from '#web/words/conversation.ts';
import { isDetailsOpen, useConversation } from './conversation-context.ts';

/** How many members are named. */
const mostNames = 5;

/** Who is in the conversation, and the buttons for search and details. */
export function ConversationHeader({ title }: { title: string }) {
  const { conversation, session } = useConversation();
  const other = conversation.type === 'group' ? undefined : partner(conversation, session);
  return (
    <header class="conversation-header">
      <IconButton label={words.back} onClick={closeConversation}>
        <BackIcon />
      </IconButton>
      <Avatar
        id={other ?? conversation.id}
        name={title}
        url={avatarUrlOf(conversation, session)}
        online={other !== undefined && presenceOf(other)?.online}
      />
      <span class="names">
        <h1 dir="auto">{title}</h1>
        <Status conversation={conversation} session={session} />
      </span>
      <IconButton label={words.search} onClick={() => (searching.value = { conversationId: conversation.id })}>
        <SearchIcon />
      </IconButton>
      <IconButton label={words.details} onClick={() => (isDetailsOpen.value = !isDetailsOpen.value)}>
        <InfoIcon />
      </IconButton>
    </header>
  );
}

interface StatusProps {
  readonly conversation: ConversationState;
  readonly session: Session;
}

/** One line: who is typing; or else the members of a group, or whether the partner is online. */
function Status({ conversation, session }: StatusProps) {
  const { type, typing } = conversation;
  if (typing.length > 0)
    return (
      <small class="writing">
        {words.typing(<Names ids={typing.slice(0, 3)} session={session} count={typing.length} />, typing.length)}…
      </small>
    );
  const other = type === 'group' ? undefined : partner(conversation, session);
  return (
    <small>
      {type === 'group' ? (
        <MemberNames conversation={conversation} session={session} />
      ) : (
        other && presenceText(other, session)
      )}
    </small>
  );
}

function presenceText(userId: string, session: Session): string {
  const username = userById(userId, session)?.username;
  const presence = presenceOf(userId);
  const seen = presence?.online ? words.online : presence?.lastSeenAt && formatLastSeen(presence.lastSeenAt);
  return [username && `@${username}`, seen].filter(Boolean).join(' · ');
}

function MemberNames({ conversation, session }: StatusProps) {
  const { members, memberCount } = conversation;
  const others = members.flatMap(({ userId }) => (userId === session.user.id ? [] : userId)).slice(0, mostNames);
  if (others.length === 0) return words.onlyYou;
  return <Names ids={[...others, session.user.id]} session={session} count={memberCount} />;
}

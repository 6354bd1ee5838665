import type { ConversationState } from '../../client/index.ts';
import { Avatar } from './avatar.tsx';
import { lastSeen } from './dates.ts';
import { BackIcon } from './icons.tsx';
import { closeConversation } from './navigation.ts';
import { nameOf, partner, person, presenceOf } from './people.ts';
import type { Session } from './session.ts';
import { useTalk } from './talk.ts';

/** With whom one talks. */
export function ThreadHead({ title }: { title: string }) {
  const { conversation, session } = useTalk();
  const isGroup = conversation.type === 'group';
  const other = partner(conversation, session);
  return (
    <header class="thread-head">
      <button type="button" class="quiet round back" aria-label="Back to the list" onClick={closeConversation}>
        <BackIcon />
      </button>
      <Avatar
        id={isGroup ? conversation.id : other}
        name={title}
        online={!isGroup && presenceOf(other, session)?.online}
      />
      <span class="names">
        <h1>{title}</h1>
        <small>{isGroup ? people(conversation, session) : whereabouts(other, session)}</small>
      </span>
    </header>
  );
}

function whereabouts(userId: string, session: Session): string {
  const username = person(userId, session)?.username;
  const presence = presenceOf(userId, session);
  const seen = presence?.online ? 'online' : presence?.lastSeenAt && lastSeen(presence.lastSeenAt);
  return [username && `@${username}`, seen].filter(Boolean).join(' · ');
}

function people({ members, memberCount }: ConversationState, session: Session): string {
  const others = members.filter(({ userId }) => userId !== session.user.id).slice(0, 5);
  const names = others.map(({ userId }) => nameOf(userId, session)).join(', ');
  const more = memberCount - others.length - 1;
  return `${names}${more > 0 ? ` and ${more} more` : ''} and you`;
}

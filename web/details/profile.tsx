import { useConversation } from '#web/conversation/conversation-context.ts';
import { Avatar } from '#web/people/avatar.tsx';
import { avatarUrlOf, partner, userById } from '#web/people/people.ts';
import { presenceOf } from '#web/session/chat-state.ts';
import { formatLastSeen } from '#web/ui/dates.ts';
import { words } from '#web/words/details.ts';

/** The picture and the name, and whether somebody is there. */
export function Profile({ title }: { title: string }) {
  const { conversation, session } = useConversation();
  const { id, type, memberCount } = conversation;
  const other = type === 'direct' ? partner(conversation, session) : undefined;
  const user = other === undefined ? undefined : userById(other, session);
  const presence = other === undefined ? undefined : presenceOf(other);
  return (
    <div class="profile">
      <Avatar id={other ?? id} name={title} url={avatarUrlOf(conversation, session)} size="large" />
      <h3 dir="auto">{title}</h3>
      {user && <p>@{user.username}</p>}
      {type === 'group' && <p>{words.members(memberCount)}</p>}
      {presence && (presence.online || presence.lastSeenAt) && (
        <p>{presence.lastSeenAt && !presence.online ? formatLastSeen(presence.lastSeenAt) : words.online}</p>
      )}
    </div>
  );
}

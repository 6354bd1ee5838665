import { useState } from 'preact/hooks';
import type { Member, Role } from '#protocol/conversations.ts';
import { Avatar } from '#web/people/avatar.tsx';
import { nameOf, person, pictureOf, presenceOf } from '#web/people/people.ts';
import { FoundPeople } from '#web/people/people-picker.tsx';
import { Sure } from '#web/ui/confirm-button.tsx';
import { manages, ownRole, useTalk } from './conversation-context.ts';
import type { Attempt } from './conversation-details.tsx';

const roles: Record<Role, string> = { owner: 'Owner', admin: 'Admin', member: 'Member' };

/** The people of a group, and what those who run it do with them. */
export function Members({ attempt }: { attempt: Attempt }) {
  const { conversation, session } = useTalk();
  const { id, members, memberCount } = conversation;
  const { api } = session.chat;
  const [adding, setAdding] = useState(false);
  // A large group lists its first members only.
  const [others, setOthers] = useState<readonly Member[]>([]);
  const listed = [...members, ...others];

  async function showMore() {
    const page = await api.members(id, listed.at(-1)?.userId);
    if ('ok' in page) setOthers([...others, ...page.ok.members]);
    else await attempt(Promise.resolve(page));
  }

  return (
    <section>
      <h3>{memberCount} members</h3>
      <ul class="members">
        {listed.map((member) => (
          <MemberItem key={member.userId} member={member} attempt={attempt} />
        ))}
      </ul>
      {listed.length < memberCount && (
        <button type="button" class="link" onClick={() => void showMore()}>
          More
        </button>
      )}
      {manages(conversation, session) && !adding && (
        <button type="button" class="link" onClick={() => setAdding(true)}>
          Add people
        </button>
      )}
      {adding && (
        <FoundPeople
          session={session}
          chosen={[]}
          onToggle={(user) => {
            void attempt(api.addMembers(id, [user.id])).then((added) => setAdding(!added));
          }}
        />
      )}
    </section>
  );
}

function MemberItem({ member: { userId, role }, attempt }: { member: Member; attempt: Attempt }) {
  const { conversation, session } = useTalk();
  const { api } = session.chat;
  const name = nameOf(userId, session);
  const own = ownRole(conversation, session);
  const isMe = userId === session.user.id;
  const canRemove = !isMe && (own === 'owner' || (own === 'admin' && role === 'member'));
  return (
    <li>
      <Avatar
        id={userId}
        name={name}
        url={pictureOf(userId, session)}
        size="small"
        online={presenceOf(userId, session)?.online}
      />
      <span class="names">
        <strong>{isMe ? `${name} (you)` : name}</strong>
        <small>@{person(userId, session)?.username ?? '…'}</small>
      </span>
      {own === 'owner' && !isMe ? (
        <RoleChoice
          role={role}
          name={name}
          onChoose={(next) => void attempt(api.setRole(conversation.id, userId, next))}
        />
      ) : (
        <small>{roles[role]}</small>
      )}
      {canRemove && (
        <Sure really="Really?" onSure={() => void attempt(api.removeMember(conversation.id, userId))}>
          Remove<span class="sr-only"> {name}</span>
        </Sure>
      )}
    </li>
  );
}

/** There is one owner: making somebody else the owner hands the group over, and is asked for twice. */
function RoleChoice({ role, name, onChoose }: { role: Role; name: string; onChoose: (role: Role) => void }) {
  const [handsOver, setHandsOver] = useState(false);
  return (
    <>
      <select
        aria-label={`Role of ${name}`}
        value={handsOver ? 'owner' : role}
        onChange={({ currentTarget: { value } }) => {
          setHandsOver(value === 'owner');
          if (value !== 'owner' && value !== role) onChoose(value === 'admin' ? 'admin' : 'member');
        }}
      >
        <option value="member">Member</option>
        <option value="admin">Admin</option>
        <option value="owner">Owner …</option>
      </select>
      {handsOver && (
        <Sure really="Really hand over" onSure={() => onChoose('owner')}>
          Hand over
        </Sure>
      )}
    </>
  );
}

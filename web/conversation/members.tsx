import { useState } from 'preact/hooks';
import type { User } from '#protocol/accounts.ts';
import type { Member, Role } from '#protocol/conversations.ts';
import { Avatar } from '#web/people/avatar.tsx';
import { avatarUrlOf, nameOf, userById } from '#web/people/people.ts';
import { PeoplePicker } from '#web/people/people-picker.tsx';
import { presenceOf } from '#web/session/chat-state.ts';
import { ConfirmButton } from '#web/ui/confirm-button.tsx';
import { words } from '#web/words/details.ts';
import { type Attempt, canManage, ownRole, useConversation } from './conversation-context.ts';
import '#web/styles/members.css';

/** The members of a group. Owner and admins can add and remove people here, and the owner can change roles. */
export function Members({ attempt }: { attempt: Attempt }) {
  const { conversation, session } = useConversation();
  const { id, members, memberCount } = conversation;
  const { api } = session.chat;
  const [adding, setAdding] = useState(false);
  const [notice, setNotice] = useState('');
  // The conversation has only the first members of a large group; the rest are fetched page by page.
  const [others, setOthers] = useState<readonly Member[]>([]);
  const listed = [...members, ...others];

  async function showMore() {
    const page = await api.members(id, listed.at(-1)?.userId);
    if ('ok' in page) setOthers([...others, ...page.ok.members]);
    else await attempt(Promise.resolve(page));
  }

  async function add({ id: userId, displayName }: User) {
    const result = await api.addMembers(id, [userId]);
    if (!(await attempt(Promise.resolve(result)))) return;
    setAdding(false);
    // The answer doesn't tell why somebody isn't added: they may have blocked the one who asks.
    const isMember = 'ok' in result && result.ok.memberCount > memberCount;
    setNotice(isMember ? '' : words.notYet(displayName));
  }

  return (
    <section>
      <h3>{words.members(memberCount)}</h3>
      <p class="hint" role="status">
        {notice}
      </p>
      <ul class="members">
        {listed.map((member) => (
          <MemberItem key={member.userId} member={member} attempt={attempt} />
        ))}
      </ul>
      {listed.length < memberCount && (
        <button type="button" class="link" onClick={() => void showMore()}>
          {words.more}
        </button>
      )}
      {canManage(conversation, session) && !adding && (
        <button type="button" class="link" onClick={() => setAdding(true)}>
          {words.add}
        </button>
      )}
      {adding && <PeoplePicker session={session} chosen={[]} onToggle={(user) => void add(user)} />}
    </section>
  );
}

function MemberItem({ member: { userId, role }, attempt }: { member: Member; attempt: Attempt }) {
  const { conversation, session } = useConversation();
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
        url={avatarUrlOf(userId, session)}
        size="small"
        online={presenceOf(userId)?.online}
      />
      <span class="names">
        <strong>
          <bdi>{name}</bdi>
          {isMe && ` ${words.isYou}`}
        </strong>
        <small>@{userById(userId, session)?.username ?? '…'}</small>
      </span>
      {own === 'owner' && !isMe ? (
        <RoleChoice
          role={role}
          name={name}
          onChoose={(next) => void attempt(api.setRole(conversation.id, userId, next))}
        />
      ) : (
        <small>{words[role]}</small>
      )}
      {canRemove && (
        <ConfirmButton
          confirmLabel={words.really}
          onConfirm={() => void attempt(api.removeMember(conversation.id, userId))}
        >
          {words.remove}
          <span class="sr-only"> {name}</span>
        </ConfirmButton>
      )}
    </li>
  );
}

/** A choice of roles. A group has one owner, so choosing that role hands the group over; it asks for a confirmation. */
function RoleChoice({ role, name, onChoose }: { role: Role; name: string; onChoose: (role: Role) => void }) {
  const [handsOver, setHandsOver] = useState(false);
  return (
    <>
      <select
        aria-label={words.roleOf(name)}
        value={handsOver ? 'owner' : role}
        onChange={({ currentTarget: { value } }) => {
          setHandsOver(value === 'owner');
          if (value !== 'owner' && value !== role) onChoose(value === 'admin' ? 'admin' : 'member');
        }}
      >
        <option value="member">{words.member}</option>
        <option value="admin">{words.admin}</option>
        <option value="owner">{words.newOwner}</option>
      </select>
      {handsOver && (
        <ConfirmButton confirmLabel={words.reallyHandOver} onConfirm={() => onChoose('owner')}>
          {words.handOver}
        </ConfirmButton>
      )}
    </>
  );
}

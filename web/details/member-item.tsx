import { useId, useState } from 'preact/hooks';
import type { Member } from '#protocol/conversations.ts';
import { openConversation } from '#web/app/navigation.ts';
import { type Attempt, ownRole, useConversation } from '#web/conversation/conversation-context.ts';
import { Avatar } from '#web/people/avatar.tsx';
import { avatarUrlOf, nameOf, userById } from '#web/people/people.ts';
import { presenceOf } from '#web/session/chat-state.ts';
import { ConfirmButton } from '#web/ui/confirm-button.tsx';
import { MoreIcon } from '#web/ui/icons.tsx';
import { words } from '#web/words/details.ts';

interface MemberProps {
  readonly member: Member;
  readonly attempt: Attempt;
}

/** A member of a group: who they are, their role, and a button that shows what can be done. */
export function MemberItem({ member, attempt }: MemberProps) {
  const { session } = useConversation();
  const { userId, role } = member;
  const [isOpen, setOpen] = useState(false);
  const actions = useId();
  const name = nameOf(userId, session);
  const isMe = userId === session.user.id;
  return (
    <li>
      <Avatar id={userId} name={name} url={avatarUrlOf(userId, session)} online={presenceOf(userId)?.online} />
      <span class="names">
        <strong dir="auto">
          {name}
          {isMe && ` ${words.isYou}`}
        </strong>
        <small>
          {role !== 'member' && <span class="role">{words[role]}</span>} @{userById(userId, session)?.username ?? '…'}
        </small>
      </span>
      {!isMe && (
        <button
          type="button"
          class="quiet round"
          aria-label={words.actionsFor(name)}
          aria-expanded={isOpen}
          aria-controls={actions}
          onClick={() => setOpen(!isOpen)}
        >
          <MoreIcon />
        </button>
      )}
      {isOpen && (
        <div class="actions" id={actions}>
          <MemberActions member={member} attempt={attempt} />
        </div>
      )}
    </li>
  );
}

function MemberActions({ member: { userId, role }, attempt }: MemberProps) {
  const { conversation, session } = useConversation();
  const { chat } = session;
  const { id } = conversation;
  const own = ownRole(conversation, session);
  const isOwner = own === 'owner';
  const name = nameOf(userId, session);
  async function write() {
    const created = await chat.createConversation({ type: 'direct', memberIds: [userId] });
    if (await attempt(Promise.resolve(created))) if ('ok' in created) openConversation(created.ok.id);
  }
  const setRole = (to: 'owner' | 'admin' | 'member') => void attempt(chat.api.setRole(id, userId, to));
  return (
    <>
      <button type="button" onClick={() => void write()}>
        {words.write}
      </button>
      {isOwner && role === 'member' && (
        <button type="button" onClick={() => setRole('admin')}>
          {words.makeAdmin}
        </button>
      )}
      {isOwner && role === 'admin' && (
        <button type="button" onClick={() => setRole('member')}>
          {words.makeMember}
        </button>
      )}
      {isOwner && (
        <ConfirmButton confirmLabel={words.reallyHandOver(name)} onConfirm={() => setRole('owner')}>
          {words.handOver}
        </ConfirmButton>
      )}
      {(isOwner || (own === 'admin' && role === 'member')) && (
        <ConfirmButton
          confirmLabel={words.reallyRemove(name)}
          onConfirm={() => void attempt(chat.api.removeMember(id, userId))}
        >
          {words.remove}
        </ConfirmButton>
      )}
    </>
  );
}

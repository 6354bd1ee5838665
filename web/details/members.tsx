import { useEffect, useState } from 'preact/hooks';
import type { User } from '#protocol/accounts.ts';
import type { Member } from '#protocol/conversations.ts';
import { type Attempt, canManage, useConversation } from '#web/conversation/conversation-context.ts';
import { PeoplePicker } from '#web/people/people-picker.tsx';
import { words } from '#web/words/details.ts';
import { MemberItem } from './member-item.tsx';

/** How many members are shown at first, so that what comes after them isn't far below. */
const fewMembers = 10;

/** The members of a group. Owner and admins can add and remove people here, and the owner can change roles. */
export function Members({ attempt }: { attempt: Attempt }) {
  const { conversation, session } = useConversation();
  const { id, members, memberCount } = conversation;
  const { api } = session.chat;
  const [adding, setAdding] = useState(false);
  const [notice, setNotice] = useState('');
  const [others, setOthers] = useOthers();
  const [isWhole, setWhole] = useState(false);
  const known = [...members, ...others.filter(({ userId }) => !members.some((one) => one.userId === userId))];

  const listed = isWhole ? known : known.slice(0, fewMembers);

  async function showMore() {
    if (!isWhole) return setWhole(true);
    const page = await api.members(id, known.at(-1)?.userId);
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
      {canManage(conversation, session) && (
        <div class="actions">
          <button type="button" aria-expanded={adding} onClick={() => setAdding(!adding)}>
            {words.add}
          </button>
        </div>
      )}
      {adding && <PeoplePicker session={session} chosen={[]} onToggle={(user) => void add(user)} />}
      <p class="hint" role="status">
        {notice}
      </p>
      <ul class="members">
        {listed.map((member) => (
          <MemberItem key={member.userId} member={member} attempt={attempt} />
        ))}
      </ul>
      {listed.length < memberCount && (
        <div class="actions">
          <button type="button" onClick={() => void showMore()}>
            {words.moreOf(memberCount - listed.length)}
          </button>
        </div>
      )}
    </section>
  );
}

/** The members of a large group beyond the first, which the conversation has. They are fetched page by page, and follow its changes. */
function useOthers() {
  const { id, session } = useConversation();
  const [others, setOthers] = useState<readonly Member[]>([]);
  useEffect(
    () =>
      session.chat.on('event', (event) => {
        if (event.type !== 'member' || event.conversationId !== id) return;
        const { userId, change, role } = event;
        if (change === 'removed' || change === 'left') setOthers((all) => all.filter((one) => one.userId !== userId));
        if (change === 'role' && role)
          setOthers((all) => all.map((one) => (one.userId === userId ? { ...one, role } : one)));
      }),
    [session.chat, id],
  );
  return [others, setOthers] as const;
}

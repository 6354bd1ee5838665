import type { ComponentChildren } from 'preact';
import type { Description } from '#client/index.ts';
import { useConversation } from '#web/conversation/conversation-context.ts';
import { Names } from '#web/people/names.tsx';
import type { Session } from '#web/session/session.ts';
import { type Subject, words } from '#web/words/changes.ts';

type MemberChange = Extract<Description, { type: 'member' }>;

/** Beyond so many names a line says how many more there are. */
const mostNames = 3;

/** A line between the messages: who came and went, and what was changed about the group. */
export function ChangeLine({ changes }: { changes: readonly Description[] }) {
  const { session } = useConversation();
  const [first] = changes;
  if (!first) return null;
  const texts =
    first.type === 'conversation'
      ? groupTexts(first, session)
      : [
          memberText(
            first,
            changes.flatMap((one) => (one.type === 'member' ? one.userId : [])),
            session,
          ),
        ];
  return (
    <div class="older change">
      {texts.map((text, i) => (
        <p key={i}>{text}</p>
      ))}
    </div>
  );
}

function groupTexts({ by: id, name, avatarUrl, history }: Exclude<Description, MemberChange>, session: Session) {
  const by = id === undefined ? undefined : subject([id], session);
  const texts: ComponentChildren[] = [];
  if (name) texts.push(words.named(by, <bdi>{name}</bdi>));
  if (avatarUrl) texts.push(words.pictured(by));
  if (history) texts.push(history === 'all' ? words.openHistory : words.closedHistory);
  return texts;
}

function memberText({ change, by: byId, userId, role }: MemberChange, ids: string[], session: Session) {
  const [by, who, whom] = [subject([byId], session), subject(ids, session), names(ids, session)];
  const isOwn = byId === userId;
  switch (change) {
    case 'added':
      return isOwn ? words.joined(who) : words.added(by, whom);
    case 'removed':
      return words.removed(by, whom);
    case 'left':
      return words.left(who);
    case 'erased':
      return words.erased;
    case 'role':
      if (isOwn || role === undefined) return words.has(who, role ?? 'member');
      if (role === 'owner') return words.madeOwner(by, whom);
      return role === 'admin' ? words.madeAdmin(by, whom) : words.madeMember(by, whom);
    default:
      change satisfies never;
      return null;
  }
}

function subject(ids: string[], session: Session): Subject {
  const isMe = ids.length === 1 && ids[0] === session.user.id;
  return { names: names(ids, session), isMe, areSeveral: ids.length > 1 };
}

/** The person themselves comes last, as “you”. */
function names(ids: string[], session: Session): ComponentChildren {
  const others = ids.filter((id) => id !== session.user.id);
  const all =
    others.length < ids.length ? [...others.slice(0, mostNames - 1), session.user.id] : others.slice(0, mostNames);
  return <Names ids={all} session={session} count={ids.length} />;
}

import { signal } from '@preact/signals';
import type { ConversationState } from '#client/index.ts';
import type { User } from '#protocol/accounts.ts';
import type { Presence } from '#protocol/presence.ts';
import { changes, type Session } from '#web/app/session.ts';

type Known = User | 'deleted';

const deletedName = 'Deleted user';

/** People by id. Asking for one who isn't known fetches them. */
const known = signal<ReadonlyMap<string, Known>>(new Map());
const asked = new Set<string>();

export function person(id: string, { chat, user: me }: Session): User | undefined {
  if (id === me.id) return me;
  const user = known.value.get(id);
  if (!user && !asked.has(id)) {
    asked.add(id);
    void chat.api.user(id).then((result) => {
      if ('ok' in result) remember([result.ok]);
      else if (result.error.code === 'not_found') forget(id);
      // The next one who shows this person tries again.
      else asked.delete(id);
    });
  }
  return user === 'deleted' ? undefined : user;
}

export function remember(users: readonly User[]): void {
  note(users.map((user) => [user.id, user]));
}

export function forget(id: string): void {
  note([[id, 'deleted']]);
}

function note(entries: readonly (readonly [string, Known])[]): void {
  known.value = new Map([...known.value, ...entries]);
}

/** A name to show; an ellipsis while it is being fetched. */
export function nameOf(id: string, session: Session): string {
  const name = person(id, session)?.displayName;
  return name ?? (known.value.get(id) === 'deleted' ? deletedName : '…');
}

/** `Ann`, `Ann and Ben`, `Ann, Ben and 3 more`; one's own is “you”. */
export function namesOf(ids: readonly string[], session: Session, count = ids.length): string {
  const names = ids.map((id) => (id === session.user.id ? 'you' : nameOf(id, session)));
  if (count > ids.length) names.push(`${count - ids.length} more`);
  const last = names.pop() ?? '';
  return names.length > 0 ? `${names.join(', ')} and ${last}` : last;
}

/** The address of somebody's picture, or of a group's. */
export function pictureOf(of: string | ConversationState, session: Session): string | null | undefined {
  if (typeof of === 'string') return person(of, session)?.avatarUrl;
  const other = of.type === 'direct' ? partner(of, session) : undefined;
  return other === undefined ? of.avatarUrl : pictureOf(other, session);
}

/** Whether somebody is online, or when they were; of those who are watched. */
export function presenceOf(id: string, { chat }: Session): Presence | undefined {
  // Read for what it stands for: the presence may be another one after each change.
  void changes.value;
  return chat.people.get(id);
}

/** The other side of a direct conversation; undefined once they have deleted their account. */
export function partner({ members }: ConversationState, { user }: Session): string | undefined {
  return members.find(({ userId }) => userId !== user.id)?.userId;
}

export function titleOf(conversation: ConversationState, session: Session): string {
  if (conversation.type === 'group') return conversation.name ?? 'Group';
  const other = partner(conversation, session);
  return other === undefined ? deletedName : nameOf(other, session);
}

import { batch, type Signal, signal } from '@preact/signals';
import type { ConversationState } from '#client/index.ts';
import type { User } from '#protocol/accounts.ts';
import type { Session } from '#web/session/session.ts';
import { locale } from '#web/words/locale.ts';
import { words } from '#web/words/people.ts';

const list = new Intl.ListFormat(locale);

type CachedUser = User | 'deleted';

/** The users that somebody asked for, by id. Undefined until they are fetched. */
const users = new Map<string, Signal<CachedUser | undefined>>();
const requested = new Set<string>();

/** Somebody's profile. Undefined while it is being fetched, which the first call starts, and for deleted accounts. */
export function userById(id: string, { chat, user: me }: Session): User | undefined {
  if (id === me.id) return me;
  const user = cached(id).value;
  if (!requested.has(id)) {
    requested.add(id);
    void chat.api.user(id).then((result) => {
      if ('ok' in result) addUsers([result.ok]);
      else if (result.error.code === 'not_found') markDeleted(id);
      // The next component that asks for this user tries again.
      else requested.delete(id);
    });
  }
  return user === 'deleted' ? undefined : user;
}

/** Caches profiles that came with other answers. */
export function addUsers(found: readonly User[]): void {
  for (const { id } of found) requested.add(id);
  rememberUsers(found);
}

/** Caches profiles as they were some time ago. They are fetched all the same when they are shown. */
export function rememberUsers(found: readonly User[]): void {
  cache(found.map((user) => [user.id, user]));
}

/** Everybody whose profile is known. */
export function knownUsers(): User[] {
  return [...users.values()].flatMap((one) => {
    const user = one.peek();
    return user === undefined || user === 'deleted' ? [] : user;
  });
}

/** Shows somebody's changed profile, if they were shown before. */
export function changeUser(user: User): void {
  if (users.has(user.id)) addUsers([user]);
}

/** From now on the user is shown as deleted. */
export function markDeleted(id: string): void {
  cache([[id, 'deleted']]);
}

function cache(entries: readonly (readonly [string, CachedUser])[]): void {
  batch(() => {
    for (const [id, user] of entries) cached(id).value = user;
  });
}

function cached(id: string): Signal<CachedUser | undefined> {
  const known = users.get(id) ?? signal(undefined);
  users.set(id, known);
  return known;
}

/** The display name; an ellipsis while it is being fetched. */
export function nameOf(id: string, session: Session): string {
  const name = userById(id, session)?.displayName;
  return name ?? (cached(id).value === 'deleted' ? words.deleted : '…');
}

/** `Ann`, `Ann and Ben`, `Ann, Ben and 3 more`. The signed-in person is “you”. */
export function namesOf(ids: readonly string[], session: Session, count = ids.length): string {
  return list.format(listedNames(ids, session, count));
}

/** The names of people, and how many more there are. */
function listedNames(ids: readonly string[], session: Session, count: number): string[] {
  const names = ids.map((id) => (id === session.user.id ? words.you : nameOf(id, session)));
  return count > ids.length ? [...names, words.more(count - ids.length)] : names;
}

/** The same in parts, of which those of the type `element` are the names. */
export function namesInParts(ids: readonly string[], session: Session, count: number) {
  return list.formatToParts(listedNames(ids, session, count));
}

/** The address of the avatar of a user, or of a conversation: that of a direct one is the partner's. */
export function avatarUrlOf(of: string | ConversationState, session: Session): string | null | undefined {
  if (typeof of === 'string') return userById(of, session)?.avatarUrl;
  const other = of.type === 'direct' ? partner(of, session) : undefined;
  return other === undefined ? of.avatarUrl : avatarUrlOf(other, session);
}

/** The other member of a direct conversation. Undefined if they have deleted their account. */
export function partner({ members }: ConversationState, { user }: Session): string | undefined {
  return members.find(({ userId }) => userId !== user.id)?.userId;
}

export function titleOf(conversation: ConversationState, session: Session): string {
  if (conversation.type === 'group') return conversation.name ?? words.group;
  const other = partner(conversation, session);
  return other === undefined ? words.deleted : nameOf(other, session);
}

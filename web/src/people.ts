import { signal } from '@preact/signals';
import type { ConversationState } from '../../client/index.ts';
import type { User } from '../../protocol/accounts.ts';
import type { Session } from './session.ts';

/** People by id. Asking for one who isn't known fetches them. */
const known = signal<ReadonlyMap<string, User>>(new Map());
const asked = new Set<string>();

export function person(id: string, { chat }: Session): User | undefined {
  const user = known.value.get(id);
  if (!user && !asked.has(id)) {
    asked.add(id);
    void chat.api.user(id).then((result) => {
      if ('ok' in result) remember([result.ok]);
      // The next one who shows this person tries again, unless there is no such person.
      else if (result.error.temporary) asked.delete(id);
    });
  }
  return user;
}

export function remember(users: readonly User[]): void {
  known.value = new Map([...known.value, ...users.map((user) => [user.id, user] as const)]);
}

/** A name to show; an ellipsis while it is being fetched. */
export function nameOf(id: string, session: Session): string {
  return person(id, session)?.displayName ?? '…';
}

/** The other side of a direct conversation. */
export function partner(conversation: ConversationState, { user }: Session): string {
  return conversation.members.find(({ userId }) => userId !== user.id)?.userId ?? user.id;
}

export function titleOf(conversation: ConversationState, session: Session): string {
  return conversation.type === 'group'
    ? (conversation.name ?? 'Group')
    : nameOf(partner(conversation, session), session);
}

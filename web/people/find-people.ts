import { useEffect, useState } from 'preact/hooks';
import type { User } from '#protocol/accounts.ts';
import { limits } from '#protocol/limits.ts';
import { failureMessage } from '#web/app/failure-messages.ts';
import { conversationIds, conversationOf } from '#web/session/chat-state.ts';
import type { Session } from '#web/session/session.ts';
import { words } from '#web/words/people-picker.ts';
import { addUsers, userById } from './people.ts';

/** The search waits for a pause in typing, so that it doesn't ask the server for every letter. */
const debounceMs = 200;
/** How many of those whom one knows are offered before anything is typed. */
const mostOffered = 8;

/**
 * Finds those with whom the person has a conversation by their names and usernames, and everybody else by the beginning of their username
 * (decision 0165). Resolves to who was found, and a text if that was nobody or the search failed.
 */
export function useFindPeople(query: string, session: Session): { people: readonly User[]; status: string } {
  const [found, setFound] = useState<readonly User[]>([]);
  const [status, setStatus] = useState('');
  const folded = fold(query);
  const username = folded.replace(/^@/, '');
  const known = acquaintances(session);
  const near = folded === '' ? known.slice(0, mostOffered) : known.filter((user) => isNamed(user, folded));

  useEffect(() => {
    setFound([]);
    setStatus('');
    if (folded === '') return;
    let outdated = false;
    const timer = setTimeout(async () => {
      // No username has other characters.
      const isUsername = /^[a-z0-9_.-]{1,32}$/.test(username);
      const result = isUsername ? await session.chat.api.findUsers(username) : { ok: { users: [] } };
      if (outdated) return;
      const users = 'ok' in result ? result.ok.users : [];
      addUsers(users);
      setFound(users);
      setStatus('error' in result ? failureMessage(result.error) : words.nobody);
    }, debounceMs);
    return () => {
      outdated = true;
      clearTimeout(timer);
    };
  }, [folded, username, session]);

  const others = found.filter(({ id }) => id !== session.user.id && !near.some((user) => user.id === id));
  const people = [...near, ...others];
  return { people, status: people.length === 0 ? status : '' };
}

/** The members of the latest conversations, as far as their profiles are there; the others are fetched. */
function acquaintances(session: Session): User[] {
  const ids = new Set<string>();
  for (const id of conversationIds.value) {
    for (const { userId } of conversationOf(id)?.members ?? []) if (ids.size < limits.presenceUserIds) ids.add(userId);
  }
  ids.delete(session.user.id);
  return [...ids].flatMap((id) => userById(id, session) ?? []);
}

/** Whether a word of the name begins with the text, or the username does. */
function isNamed({ displayName, username }: User, folded: string): boolean {
  return ` ${fold(displayName)}`.includes(` ${folded}`) || `@${username}`.startsWith(`@${folded.replace(/^@/, '')}`);
}

/** Without capitals and accents: `Zoë` is found by `zoe`. */
function fold(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().trim().replaceAll(/\s+/g, ' ');
}

import { useEffect, useState } from 'preact/hooks';
import type { User } from '#protocol/accounts.ts';
import { inWords } from '#web/app/failure-messages.ts';
import type { Session } from '#web/app/session.ts';
import { Field } from '#web/ui/field.tsx';
import { SentIcon } from '#web/ui/icons.tsx';
import { Avatar } from './avatar.tsx';
import { remember } from './people.ts';

/** Typing fast must not ask for every letter. */
const pauseMs = 200;

interface FoundPeopleProps {
  readonly session: Session;
  readonly chosen: readonly User[];
  readonly onToggle: (user: User) => void;
}

/** Finds people by the beginning of their username, and lets some be chosen. */
export function FoundPeople({ session, chosen, onToggle }: FoundPeopleProps) {
  const [query, setQuery] = useState('');
  const [found, setFound] = useState<readonly User[]>([]);
  const [words, setWords] = useState('');

  useEffect(() => {
    if (query === '') {
      setFound([]);
      setWords('');
      return;
    }
    let outdated = false;
    const timer = setTimeout(async () => {
      const result = await session.chat.api.findUsers(query);
      if (outdated) return;
      const users = 'ok' in result ? result.ok.users.filter(({ id }) => id !== session.user.id) : [];
      remember(users);
      setFound(users);
      if ('error' in result) setWords(inWords(result.error));
      else setWords(users.length === 0 ? 'Nobody has such a username.' : '');
    }, pauseMs);
    return () => {
      outdated = true;
      clearTimeout(timer);
    };
  }, [query, session]);

  const chosenIds = new Set(chosen.map(({ id }) => id));
  const shown = [...chosen, ...found.filter(({ id }) => !chosenIds.has(id))];
  return (
    <>
      <Field
        name="query"
        label="Find people by username"
        type="search"
        autocomplete="off"
        autocapitalize="none"
        placeholder="for example ann"
        value={query}
        onInput={({ currentTarget }) => setQuery(currentTarget.value.trim().toLowerCase())}
      />
      <p class="found-none" role="status">
        {words}
      </p>
      <ul class="people">
        {shown.map((user) => (
          <li key={user.id}>
            <button type="button" aria-pressed={chosenIds.has(user.id)} onClick={() => onToggle(user)}>
              <Avatar id={user.id} name={user.displayName} url={user.avatarUrl} />
              <span class="names">
                <strong>{user.displayName}</strong>
                <small>@{user.username}</small>
              </span>
              <span class="check">{chosenIds.has(user.id) && <SentIcon />}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

import { useEffect, useState } from 'preact/hooks';
import type { User } from '#protocol/accounts.ts';
import { failureMessage } from '#web/app/failure-messages.ts';
import type { Session } from '#web/session/session.ts';
import { Field } from '#web/ui/field.tsx';
import { CheckIcon } from '#web/ui/icons.tsx';
import { words } from '#web/words/people-picker.ts';
import { Avatar } from './avatar.tsx';
import { addUsers } from './people.ts';
import '#web/styles/people.css';

/** The search waits for a pause in typing, so that it doesn't ask the server for every letter. */
const debounceMs = 200;

interface PeoplePickerProps {
  readonly session: Session;
  readonly chosen: readonly User[];
  readonly onToggle: (user: User) => void;
}

/** Finds people by the beginning of their username, and lets the person choose some. */
export function PeoplePicker({ session, chosen, onToggle }: PeoplePickerProps) {
  const [query, setQuery] = useState('');
  const [found, setFound] = useState<readonly User[]>([]);
  const [status, setStatus] = useState('');

  useEffect(() => {
    if (query === '') {
      setFound([]);
      setStatus('');
      return;
    }
    let outdated = false;
    const timer = setTimeout(async () => {
      const result = await session.chat.api.findUsers(query);
      if (outdated) return;
      const users = 'ok' in result ? result.ok.users.filter(({ id }) => id !== session.user.id) : [];
      addUsers(users);
      setFound(users);
      if ('error' in result) setStatus(failureMessage(result.error));
      else setStatus(users.length === 0 ? words.nobody : '');
    }, debounceMs);
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
        label={words.search}
        type="search"
        autocomplete="off"
        autocapitalize="none"
        placeholder={words.example}
        value={query}
        onInput={({ currentTarget }) => setQuery(currentTarget.value.trim().toLowerCase())}
      />
      <p class="hint" role="status">
        {status}
      </p>
      <ul class="people">
        {shown.map((user) => (
          <li key={user.id}>
            <button type="button" aria-pressed={chosenIds.has(user.id)} onClick={() => onToggle(user)}>
              <Avatar id={user.id} name={user.displayName} url={user.avatarUrl} />
              <span class="names">
                <strong dir="auto">{user.displayName}</strong>
                <small>@{user.username}</small>
              </span>
              <span class="check">{chosenIds.has(user.id) && <CheckIcon />}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

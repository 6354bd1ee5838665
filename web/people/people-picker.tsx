import { useState } from 'preact/hooks';
import type { User } from '#protocol/accounts.ts';
import type { Session } from '#web/session/session.ts';
import { Field } from '#web/ui/field.tsx';
import { CheckIcon } from '#web/ui/icons.tsx';
import { words } from '#web/words/people-picker.ts';
import { Avatar } from './avatar.tsx';
import { useFindPeople } from './find-people.ts';
import '#web/styles/people.css';

interface PeoplePickerProps {
  readonly session: Session;
  /** Those who are chosen already. Undefined if the first click is the choice. */
  readonly chosen?: readonly User[];
  readonly onToggle: (user: User) => void;
}

/** Finds people by name or username, and lets the person choose one or some. */
export function PeoplePicker({ session, chosen, onToggle }: PeoplePickerProps) {
  const [query, setQuery] = useState('');
  const { people, status } = useFindPeople(query, session);
  const chosenIds = new Set(chosen?.map(({ id }) => id));
  const shown = [...(chosen ?? []), ...people.filter(({ id }) => !chosenIds.has(id))];
  return (
    <>
      <Field
        name="query"
        label={words.search}
        type="search"
        autocomplete="off"
        autocapitalize="none"
        placeholder={words.example}
        // In a dialog it is what somebody opened it for.
        autofocus
        value={query}
        onInput={({ currentTarget }) => setQuery(currentTarget.value)}
      />
      <p class="hint" role="status">
        {status}
      </p>
      <ul class="people">
        {shown.map((user) => (
          <li key={user.id}>
            <button
              type="button"
              {...(chosen && { 'aria-pressed': chosenIds.has(user.id) })}
              onClick={() => onToggle(user)}
            >
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

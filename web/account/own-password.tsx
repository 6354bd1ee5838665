import type { Failure, Result } from '#client/index.ts';
import type { Session } from '#web/session/session.ts';
import { words } from '#web/words/account.ts';
import { PasswordField } from './password-field.tsx';

interface OwnPasswordFieldProps {
  readonly name: string;
  readonly failure: Failure | undefined;
  readonly onInput?: (password: string) => void;
}

/** A field for the person's password, which says if it is another one. */
export function OwnPasswordField({ name, failure, onInput }: OwnPasswordFieldProps) {
  return (
    <PasswordField
      name={name}
      label={words.yourPassword}
      autocomplete="current-password"
      {...(onInput && { onInput })}
      failure={failure?.code === 'bad_credentials' ? words.otherPassword : undefined}
    />
  );
}

/** Shows once more that the person knows the password, and then does what the server wants that for. */
export async function confirmed<T>(
  { chat }: Session,
  password: string,
  operation: () => Promise<Result<T>>,
): Promise<Result<T>> {
  const confirmation = await chat.api.confirm(password);
  return 'error' in confirmation ? confirmation : operation();
}

import { words } from '#web/words/account.ts';
import { PasswordField } from './password-field.tsx';

interface NewPasswordFieldProps {
  readonly label: string;
  readonly name?: string;
  readonly failure: string | undefined;
}

/** A field for a password that is being chosen. */
export function NewPasswordField({ label, name = 'newPassword', failure }: NewPasswordFieldProps) {
  return (
    <PasswordField
      name={name}
      label={label}
      failure={failure}
      autocomplete="new-password"
      hint={words.passwordHint}
      minLength={8}
      maxLength={128}
    />
  );
}

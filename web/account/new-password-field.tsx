import { Field } from '#web/ui/field.tsx';
import { words } from '#web/words/account.ts';

interface NewPasswordFieldProps {
  readonly label: string;
  readonly name?: string;
  readonly failure: string | undefined;
}

/** A field for a password that is being chosen. */
export function NewPasswordField({ label, name = 'newPassword', failure }: NewPasswordFieldProps) {
  return (
    <Field
      name={name}
      label={label}
      failure={failure}
      type="password"
      autocomplete="new-password"
      hint={words.passwordHint}
      required
      minLength={8}
      maxLength={128}
    />
  );
}

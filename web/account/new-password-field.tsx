import { Field } from '#web/ui/field.tsx';
import { words } from '#web/words/account.ts';

/** A field for a password that is being chosen. */
export function NewPasswordField({ label, name = 'newPassword' }: { label: string; name?: string }) {
  return (
    <Field
      name={name}
      label={label}
      type="password"
      autocomplete="new-password"
      hint={words.passwordHint}
      required
      minLength={8}
      maxLength={128}
    />
  );
}

import { Field } from '#web/ui/field.tsx';

/** A field for a password that is being chosen. */
export function NewPasswordField({ label, name = 'newPassword' }: { label: string; name?: string }) {
  return (
    <Field
      name={name}
      label={label}
      type="password"
      autocomplete="new-password"
      hint="At least 8 characters; the longer, the better."
      required
      minLength={8}
      maxLength={128}
    />
  );
}

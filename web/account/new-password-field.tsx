import { Field } from '#web/ui/field.tsx';

export function NewPasswordField({ label }: { label: string }) {
  return (
    <Field
      name="newPassword"
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

import type { ComponentProps } from 'preact';
import '#web/styles/field.css';

type FieldProps = ComponentProps<'input'> & {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
};

/** An input with a label and a hint. */
export function Field({ label, hint, name, ...input }: FieldProps) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <input id={name} name={name} {...(hint && { 'aria-describedby': `${name}-hint` })} {...input} />
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

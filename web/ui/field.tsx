import type { ComponentProps } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import '#web/styles/field.css';

type FieldProps = ComponentProps<'input'> & {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** What is wrong with its value. The field gets the focus when this comes up. */
  readonly failure?: string | undefined;
};

/** An input with a label, a hint, and what is wrong with it. A child of it is a button, which is at the end of the input. */
export function Field({ label, hint, failure, name, children, ...input }: FieldProps) {
  const element = useRef<HTMLInputElement>(null);
  // Not a frame later: somebody who reads what is wrong may type already.
  useLayoutEffect(() => {
    if (failure) element.current?.focus();
  }, [failure]);
  const describedBy = [hint && `${name}-hint`, failure && `${name}-failure`].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label id={`${name}-label`} for={name}>
        {label}
      </label>
      <input
        ref={element}
        id={name}
        name={name}
        {...(describedBy && { 'aria-describedby': describedBy })}
        {...(failure && { 'aria-invalid': true })}
        {...input}
      />
      {children}
      {failure && (
        <p class="failure" id={`${name}-failure`}>
          {failure}
        </p>
      )}
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

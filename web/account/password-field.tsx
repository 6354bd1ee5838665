import { useEffect, useRef, useState } from 'preact/hooks';
import { Field } from '#web/ui/field.tsx';
import { EyeIcon } from '#web/ui/more-icons.tsx';
import { words } from '#web/words/account.ts';

interface PasswordFieldProps {
  readonly name: string;
  readonly label: string;
  readonly autocomplete: 'current-password' | 'new-password';
  readonly failure: string | undefined;
  readonly hint?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly onInput?: (password: string) => void;
}

/** A field for a password, and a button that shows what is typed. It is hidden again when its form is submitted. */
export function PasswordField({ onInput, ...field }: PasswordFieldProps) {
  const button = useRef<HTMLButtonElement>(null);
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const form = button.current?.form;
    const hide = () => setShown(false);
    form?.addEventListener('submit', hide);
    return () => form?.removeEventListener('submit', hide);
  }, []);
  return (
    // Spelling is checked by a server in some browsers, which no password may get to.
    <Field
      {...field}
      {...(isShown ? ({ type: 'text' } as const) : ({ type: 'password' } as const))}
      required
      autocapitalize="none"
      autocorrect="off"
      spellcheck={false}
      onInput={({ currentTarget }) => onInput?.(currentTarget.value)}
    >
      <button
        ref={button}
        type="button"
        class="quiet round"
        title={words.showPassword}
        aria-pressed={isShown}
        aria-describedby={`${field.name}-label`}
        // Otherwise a click would take the focus from the field, and the keyboard of a phone away.
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => setShown(!isShown)}
      >
        <EyeIcon />
        <span class="sr-only">{words.showPassword}</span>
      </button>
    </Field>
  );
}

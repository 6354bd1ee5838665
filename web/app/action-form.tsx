import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { Failure, Result } from '#client/index.ts';
import { formFailure } from './field-failures.ts';
import '#web/styles/action-form.css';

interface ActionFormProps {
  readonly title?: string;
  /** What the button says. */
  readonly button: string;
  /** What is said when it is done. */
  readonly done: string;
  readonly onSubmit: (text: (field: string) => string) => Promise<Result<unknown>>;
  /** Its fields. They get why the last attempt failed. */
  readonly children: (failure: Failure | undefined) => ComponentChildren;
}

/** A form for one thing, which says how it ended. A password doesn't stay in it. */
export function ActionForm({ title, button, done, onSubmit, children }: ActionFormProps) {
  const heading = useId();
  const [isBusy, setBusy] = useState(false);
  const [result, setResult] = useState<Result<unknown>>();
  const failure = result && 'error' in result ? result.error : undefined;
  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    // `disabled` would take the focus away.
    if (isBusy || !(event.currentTarget instanceof HTMLFormElement)) return;
    const form = event.currentTarget;
    const data = new FormData(form);
    setBusy(true);
    setResult(undefined);
    const ended = await onSubmit((field) => String(data.get(field) ?? ''));
    setBusy(false);
    setResult(ended);
    if ('ok' in ended)
      for (const field of form.querySelectorAll<HTMLInputElement>('[autocomplete$=password]')) field.value = '';
  }
  return (
    <form onSubmit={submit} aria-busy={isBusy} {...(title && { 'aria-labelledby': heading })}>
      {title && <h4 id={heading}>{title}</h4>}
      {children(failure)}
      <p class="failure" role="alert">
        {formFailure(failure)}
      </p>
      <div class="submit">
        <button type="submit" class="primary">
          {button}
        </button>
        <p class="hint" role="status">
          {result && 'ok' in result && done}
        </p>
      </div>
    </form>
  );
}

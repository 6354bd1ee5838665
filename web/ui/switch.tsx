import { useWanted } from './use-wanted.ts';
import '#web/styles/switch.css';

interface SwitchProps {
  readonly label: string;
  readonly hint?: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  /** Resolves when the change is done or refused; `checked` is up to date by then. */
  readonly onChange: (checked: boolean) => Promise<unknown>;
}

/** A switch that applies its change at once, and returns to `checked` if the change is refused. */
export function Switch({ label, hint, checked, disabled = false, onChange }: SwitchProps) {
  const { shown, isBusy, change } = useWanted(checked, onChange);
  return (
    <label class="switch">
      <input
        type="checkbox"
        // biome-ignore lint/a11y/useAriaPropsForRole: a checkbox says by itself whether it is checked
        role="switch"
        checked={shown}
        disabled={disabled}
        // `disabled` during the change would take the focus away.
        aria-busy={isBusy}
        onClick={(event) => isBusy && event.preventDefault()}
        onChange={({ currentTarget }) => void change(currentTarget.checked)}
      />
      <span>
        {label}
        {hint && <small>{hint}</small>}
      </span>
    </label>
  );
}

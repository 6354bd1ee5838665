import { useState } from 'preact/hooks';
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
  const [wanted, setWanted] = useState<boolean>();
  const busy = wanted !== undefined;
  async function change(on: boolean): Promise<void> {
    setWanted(on);
    await onChange(on);
    setWanted(undefined);
  }
  return (
    <label class="switch">
      <input
        type="checkbox"
        // biome-ignore lint/a11y/useAriaPropsForRole: a checkbox says by itself whether it is checked
        role="switch"
        checked={wanted ?? checked}
        disabled={disabled}
        // `disabled` during the change would take the focus away.
        aria-busy={busy}
        onClick={(event) => busy && event.preventDefault()}
        onChange={({ currentTarget }) => void change(currentTarget.checked)}
      />
      <span>
        {label}
        {hint && <small>{hint}</small>}
      </span>
    </label>
  );
}

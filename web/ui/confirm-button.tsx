import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

interface ConfirmButtonProps {
  readonly children: ComponentChildren;
  /** The button's text while it waits for the second click. */
  readonly confirmLabel: ComponentChildren;
  readonly disabled?: boolean;
  readonly onConfirm: () => void;
}

/** A button for what can't be undone. The first click asks, with `confirmLabel`; only the second one acts. */
export function ConfirmButton({ children, confirmLabel, disabled = false, onConfirm }: ConfirmButtonProps) {
  const [asked, setAsked] = useState(false);
  return (
    <button
      type="button"
      class="danger"
      disabled={disabled}
      onBlur={() => setAsked(false)}
      onClick={() => {
        setAsked(!asked);
        if (asked) onConfirm();
      }}
    >
      {asked ? confirmLabel : children}
    </button>
  );
}

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

interface SureProps {
  readonly children: ComponentChildren;
  /** What the second step says. */
  readonly really: string;
  readonly onSure: () => void;
}

/** A button for what can't be undone: it is pressed twice, and says the second time what it does. */
export function Sure({ children, really, onSure }: SureProps) {
  const [asked, setAsked] = useState(false);
  return (
    <button
      type="button"
      class="danger"
      onBlur={() => setAsked(false)}
      onClick={() => {
        setAsked(!asked);
        if (asked) onSure();
      }}
    >
      {asked ? really : children}
    </button>
  );
}

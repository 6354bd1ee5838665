import type { ComponentChildren } from 'preact';

interface IconButtonProps {
  /** What the button does: its name for screen readers, and its tooltip. */
  readonly label: string;
  readonly onClick: () => void;
  /** The icon. */
  readonly children: ComponentChildren;
}

/** A round button without a visible text. */
export function IconButton({ label, onClick, children }: IconButtonProps) {
  return (
    <button type="button" class="quiet round" aria-label={label} title={label} onClick={onClick}>
      {children}
    </button>
  );
}

import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { moveFocus } from './arrow-keys.ts';
import '#web/styles/popover.css';

const gapPx = 4;
const marginPx = 8;

interface PopoverProps {
  readonly label: string;
  readonly class: string;
  /** Beside what it opens, in the window. On a touch screen it is a sheet at the lower edge instead. */
  readonly at: DOMRect;
  readonly onClose: () => void;
  readonly children: (close: () => void) => ComponentChildren;
}

/** Something that opens above the page as long as it is rendered. A click elsewhere and Escape close it; arrow keys move in it. */
export function Popover({ label, class: name, at, onClose, children }: PopoverProps) {
  const element = useRef<HTMLDivElement>(null);
  const isSheet = matchMedia('(hover: none)').matches;
  useLayoutEffect(() => {
    const { current } = element;
    if (!current) return;
    current.showPopover();
    current.querySelector<HTMLElement>(isSheet ? 'button' : 'input, button')?.focus();
    if (isSheet) return;
    const placeIt = () => place(current, at);
    placeIt();
    addEventListener('resize', placeIt);
    return () => removeEventListener('resize', placeIt);
  }, [at, isSheet]);
  return (
    <div
      ref={element}
      popover="auto"
      class={`popover ${name} ${isSheet ? 'sheet' : ''}`}
      role="dialog"
      aria-label={label}
      onKeyDown={moveFocus}
      onToggle={({ newState }) => {
        if (newState === 'closed') onClose();
      }}
    >
      {children(() => element.current?.hidePopover())}
    </div>
  );
}

/** Places it below a rectangle, or above it where there is no room below, with one of its sides along it, and keeps it within the window. */
function place(element: HTMLElement, at: DOMRect): void {
  const { width, height } = element.getBoundingClientRect();
  const below = at.bottom + gapPx + height + marginPx <= innerHeight;
  const top = below ? at.bottom + gapPx : at.top - gapPx - height;
  const furthest = innerWidth - width - marginPx;
  const left = at.left <= furthest ? at.left : Math.min(at.right - width, furthest);
  element.style.top = `${Math.max(marginPx, top)}px`;
  element.style.left = `${Math.max(marginPx, left)}px`;
}

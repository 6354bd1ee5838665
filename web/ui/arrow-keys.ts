/**
 * Moves the focus among the buttons and links of an element by the arrow keys, Home and End: up and down to the nearest one above or
 * below, left and right to the one before or after. In a text field only up and down do.
 */
export function moveFocus(event: KeyboardEvent, container: EventTarget | null = event.currentTarget): void {
  const { key, target } = event;
  if (!(container instanceof HTMLElement) || !(target instanceof HTMLElement)) return;
  const all = [...container.querySelectorAll<HTMLElement>('button:not(:disabled), a')];
  const at = all.indexOf(target);
  const isField = target instanceof HTMLInputElement;
  const step = getComputedStyle(container).direction === 'rtl' ? -1 : 1;
  const next = () => {
    if (key === 'ArrowDown') return nearest(target, all, 1);
    if (key === 'ArrowUp') return nearest(target, all, -1);
    if (isField) return undefined;
    if (key === 'ArrowRight') return all[at + step];
    if (key === 'ArrowLeft') return all[at - step];
    if (key === 'Home') return all[0];
    if (key === 'End') return all.at(-1);
    return undefined;
  };
  const found = next();
  if (!found) return;
  event.preventDefault();
  found.focus();
}

/** The nearest element in the next row below (`sign` 1) or above (-1). */
function nearest(from: HTMLElement, all: readonly HTMLElement[], sign: 1 | -1): HTMLElement | undefined {
  const here = centre(from);
  const beyond = all
    .map((element) => ({ element, ...centre(element) }))
    .filter(({ y, element }) => element !== from && (y - here.y) * sign > from.offsetHeight / 4)
    .sort((a, b) => Math.abs(a.y - here.y) - Math.abs(b.y - here.y));
  const row = beyond.filter(({ y }) => Math.abs(y - (beyond[0]?.y ?? 0)) < 4);
  return row.sort((a, b) => Math.abs(a.x - here.x) - Math.abs(b.x - here.x))[0]?.element;
}

function centre(element: HTMLElement): { x: number; y: number } {
  const { left, width, top, height } = element.getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2 };
}

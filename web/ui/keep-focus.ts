import { focusPart } from './focus-part.ts';

/**
 * Keeps the focus in the page from now on. When the focused element is removed, hidden or disabled, a browser gives the focus to nothing,
 * and a keyboard or a screen reader begins at the top again. Then the nearest part around it that is still there gets it.
 */
export function keepFocus(): void {
  /** The focused element and all that is around it, innermost first. */
  let path: readonly HTMLElement[] = [];
  let isDue = false;
  const check = () => {
    isDue = false;
    if (document.activeElement !== document.body || path.length === 0 || path.slice(0, 1).every(isThere)) return;
    const next = path.find(isThere);
    if (next) focusPart(next);
  };
  document.addEventListener('focusin', ({ target }) => {
    path = around(target);
  });
  // Who presses beside all controls wants the focus nowhere.
  document.addEventListener('pointerdown', () => {
    path = [];
  });
  new MutationObserver(() => {
    if (!isDue) requestAnimationFrame(check);
    isDue = true;
  }).observe(document.body, { subtree: true, childList: true, attributeFilter: ['class', 'disabled', 'open'] });
}

function isThere(element: HTMLElement): boolean {
  return element.isConnected && element.checkVisibility({ visibilityProperty: true }) && !element.matches(':disabled');
}

function around(target: EventTarget | null): HTMLElement[] {
  const found: HTMLElement[] = [];
  for (let at = target; at instanceof HTMLElement; at = at.parentElement) found.push(at);
  return found;
}

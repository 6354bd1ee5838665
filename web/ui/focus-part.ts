/**
 * Focuses a part of the page, which makes screen readers read it. The element stays focusable only until it loses the focus, or every
 * later click on it would focus it, too.
 */
export function focusPart(element: HTMLElement): void {
  if (element.tabIndex === -1) {
    element.tabIndex = -1;
    element.addEventListener('blur', () => element.removeAttribute('tabindex'), { once: true });
  }
  element.focus({ preventScroll: true });
}

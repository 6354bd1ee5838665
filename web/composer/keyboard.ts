/** Keys that on-screen keyboards don't have. */
const physical = new Set(['Tab', 'Escape', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End']);

/** A device with a mouse has a keyboard, too. One with a touch screen may have one. */
const finePointer = matchMedia('(pointer: fine)');
let wasSeen = false;

/**
 * Whether the person writes on a keyboard. There Enter sends the message, and the field is focused automatically; on a touch screen that
 * would open the on-screen keyboard.
 */
export function hasKeyboard(): boolean {
  return finePointer.matches || wasSeen;
}

/** Must be called with each key, which may show that there is a keyboard. */
export function noteKey({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): void {
  if (physical.has(key) || ctrlKey || metaKey || altKey) wasSeen = true;
}

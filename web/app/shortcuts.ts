import { searching } from '#web/search/searching.ts';
import { moveFocus } from '#web/ui/arrow-keys.ts';

/**
 * The keys of the whole page: Ctrl+K or ⌘K opens the search, by which one goes to another conversation, too; arrow keys move in the list of
 * conversations.
 */
export function listenToKeys(): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    const { key, ctrlKey, metaKey, shiftKey, altKey, target } = event;
    if (key.toLowerCase() === 'k' && (ctrlKey || metaKey) && !shiftKey && !altKey) {
      event.preventDefault();
      // Not above another dialog.
      if (!document.querySelector('dialog[open]')) searching.value = {};
    }
    const list = target instanceof Element ? target.closest<HTMLElement>('.conversations') : null;
    if (list) moveFocus(event, list);
  };
  document.addEventListener('keydown', onKeyDown);
  return () => document.removeEventListener('keydown', onKeyDown);
}

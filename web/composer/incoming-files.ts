import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false;

/** Whether a dialog is open, or an event is about a control with a use of its own for files and pasted text. */
const isElsewhere = ({ target }: Event) =>
  document.querySelector('dialog[open]') !== null ||
  (target instanceof Element && target.matches('input, select, textarea:not(.composer textarea)'));

/**
 * Keeps the browser from leaving the page to open a file that is dropped on it, wherever that is. Must be called once. Fields for files
 * still take them.
 */
export function guardDrops(): void {
  const guard = (event: DragEvent) => {
    if (!hasFiles(event) || event.defaultPrevented) return;
    if (event.target instanceof HTMLInputElement && event.target.type === 'file') return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'none';
  };
  addEventListener('dragover', guard);
  addEventListener('drop', guard);
}

/**
 * Takes files that are dropped or pasted anywhere on the page, unless a dialog is open.
 * @param add undefined while no files are taken
 * @returns whether files are being dragged over the page
 */
export function useIncomingFiles(add: ((files: Iterable<File>) => void) | undefined): Signal<boolean> {
  const isOver = useSignal(false);
  useEffect(() => (add ? listen(add, isOver) : undefined), [add, isOver]);
  return isOver;
}

function listen(add: (files: Iterable<File>) => void, isOver: Signal<boolean>): () => void {
  // A picture of the page itself that is dragged is a file, too.
  let isOwn = false;
  const onDragStart = () => {
    isOwn = true;
  };
  const onDragEnd = () => {
    isOwn = false;
  };
  const onDragOver = (event: DragEvent) => {
    if (isOwn || !hasFiles(event) || isElsewhere(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    isOver.value = true;
  };
  // Without a target the pointer has left the window, not only an element of it.
  const onDragLeave = ({ relatedTarget }: DragEvent) => {
    if (relatedTarget === null) isOver.value = false;
  };
  const onDrop = (event: DragEvent) => {
    isOver.value = false;
    if (isOwn || !hasFiles(event) || isElsewhere(event)) return;
    event.preventDefault();
    add(event.dataTransfer?.files ?? []);
  };
  const onPaste = (event: ClipboardEvent) => {
    const { clipboardData } = event;
    // Office programs put a picture of the copied text on the clipboard, beside the text that is meant.
    if (isElsewhere(event) || clipboardData?.types.includes('text/plain')) return;
    add(clipboardData?.files ?? []);
  };
  const listeners = new AbortController();
  const { signal } = listeners;
  document.addEventListener('dragstart', onDragStart, { signal });
  document.addEventListener('dragend', onDragEnd, { signal });
  document.addEventListener('dragover', onDragOver, { signal });
  document.addEventListener('dragleave', onDragLeave, { signal });
  document.addEventListener('drop', onDrop, { signal });
  document.addEventListener('paste', onPaste, { signal });
  return () => {
    isOver.value = false;
    listeners.abort();
  };
}

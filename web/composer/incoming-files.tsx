import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { hasFiles } from '#web/app/drop-guard.ts';
import { AttachIcon } from '#web/ui/icons.tsx';
import { words } from '#web/words/attached-files.ts';
import '#web/styles/drop-overlay.css';

/** Whether a dialog is open, or an event is about a control with a use of its own for files and pasted text. */
const isElsewhere = ({ target }: Event) =>
  document.querySelector('dialog[open]') !== null ||
  (target instanceof Element && target.matches('input, select, textarea:not(.composer textarea)'));

interface IncomingFilesProps {
  /** The name of the conversation. */
  readonly title: string;
  readonly add: (files: Iterable<File>) => void;
}

/**
 * Takes files that are dropped or pasted anywhere on the page, unless a dialog is open. While some are dragged over the page it covers it,
 * and says where they would go.
 */
export function IncomingFiles({ title, add }: IncomingFilesProps) {
  const isOver = useSignal(false);
  useEffect(() => listen(add, isOver), [add, isOver]);
  if (!isOver.value) return null;
  return (
    <div class="drop-overlay">
      <p>
        <AttachIcon />
        <span>{words.drop(<bdi>{title}</bdi>)}</span>
      </p>
    </div>
  );
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

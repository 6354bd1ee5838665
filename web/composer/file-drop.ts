import { useEffect } from 'preact/hooks';
import type { Attachments } from './attachments.ts';

/** Attaches files that are dropped anywhere on the page. By default a browser leaves the page to open them. */
export function useFileDrop({ add }: Attachments): void {
  useEffect(() => onDrop(add), [add]);
}

function onDrop(add: Attachments['add']): () => void {
  const over = (event: DragEvent) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
  };
  const drop = (event: DragEvent) => {
    over(event);
    add(event.dataTransfer?.files ?? []);
  };
  document.addEventListener('dragover', over);
  document.addEventListener('drop', drop);
  return () => {
    document.removeEventListener('dragover', over);
    document.removeEventListener('drop', drop);
  };
}

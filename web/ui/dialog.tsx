import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { DialogContent } from './dialog-content.tsx';

interface DialogProps {
  readonly title: string;
  /** Called after the dialog was closed. The parent then stops rendering it. */
  readonly onClose: () => void;
  readonly children: (close: () => void) => ComponentChildren;
}

/** A modal dialog, open as long as it is rendered. Its content closes it by `close`, which returns the focus to where it was. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const close = () => dialog.current?.close();
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
      <DialogContent id={id} title={title} close={close}>
        {children(close)}
      </DialogContent>
    </dialog>
  );
}

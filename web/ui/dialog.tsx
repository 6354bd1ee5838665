import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { words } from '#web/words/ui.ts';
import { IconButton } from './icon-button.tsx';
import { CloseIcon } from './icons.tsx';
import '#web/styles/dialog.css';

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
      <div class="dialog">
        <header>
          <h2 id={id}>{title}</h2>
          <IconButton label={words.close} onClick={close}>
            <CloseIcon />
          </IconButton>
        </header>
        {children(close)}
      </div>
    </dialog>
  );
}

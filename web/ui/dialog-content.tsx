import type { ComponentChildren } from 'preact';
import { words } from '#web/words/ui.ts';
import { IconButton } from './icon-button.tsx';
import { CloseIcon } from './icons.tsx';
import '#web/styles/dialog.css';

interface DialogContentProps {
  /** The DOM id of the title, which names the dialog. */
  readonly id: string;
  readonly title: string;
  readonly close: () => void;
  readonly children: ComponentChildren;
}

/** What every dialog has in it: a title, a button that closes it, and below them what it is about. */
export function DialogContent({ id, title, close, children }: DialogContentProps) {
  return (
    <div class="dialog">
      <header>
        <h2 id={id}>{title}</h2>
        <IconButton label={words.close} onClick={close}>
          <CloseIcon />
        </IconButton>
      </header>
      {children}
    </div>
  );
}

import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { DialogContent } from './dialog-content.tsx';
import '#web/styles/side-panel.css';

/** From this width on there is room for three columns. It grows with the size of text that the person has set. */
const wide = matchMedia('(min-width: 75rem)');

interface SidePanelProps {
  readonly title: string;
  /** Called after the panel was closed. The parent then stops rendering it. */
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/**
 * A column beside the page where there is room for it, and a modal sheet over the whole page where there isn't. It changes from one to the
 * other with the width of the window, and keeps what is in it.
 */
export function SidePanel({ title, onClose, children }: SidePanelProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    const open = () => {
      if (!wide.matches) dialog.current?.showModal();
      // Without `show`, the focus stays where it is.
      else dialog.current?.setAttribute('open', '');
    };
    const change = () => {
      // It was closed a moment ago, which its event has yet to tell.
      if (!dialog.current?.open) return;
      const focused = document.activeElement;
      // Its event comes later, when it is open again.
      dialog.current?.close();
      open();
      if (focused instanceof HTMLElement) focused.focus();
    };
    open();
    // Whoever opened it goes on in it. It may also be there from the conversation before.
    if (opener?.closest('header')) dialog.current?.querySelector('button')?.focus();
    wide.addEventListener('change', change);
    return () => {
      wide.removeEventListener('change', change);
      // A modal dialog does so by itself.
      if (document.activeElement === document.body && opener instanceof HTMLElement) opener.focus();
      // A sheet doesn't follow to the next conversation.
      if (!wide.matches) onClose();
    };
  }, []);
  const close = () => dialog.current?.close();
  return (
    <dialog
      ref={dialog}
      class="side-panel"
      aria-labelledby={id}
      onClose={() => !dialog.current?.open && onClose()}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && wide.matches && !event.defaultPrevented) close();
      }}
    >
      <DialogContent id={id} title={title} close={close}>
        {children}
      </DialogContent>
    </dialog>
  );
}

import { Dialog } from '#web/ui/dialog.tsx';
import { words } from '#web/words/leaving.ts';

interface LeavingDialogProps {
  readonly onClose: () => void;
  readonly onLeave: () => void;
}

/** Asks before somebody logs out who has unsent things. */
export function LeavingDialog({ onClose, onLeave }: LeavingDialogProps) {
  return (
    <Dialog title={words.title} onClose={onClose}>
      {(close) => (
        <>
          <p>{words.unsent}</p>
          <div class="actions">
            <button type="button" onClick={close}>
              {words.stay}
            </button>
            <button type="button" class="danger" onClick={onLeave}>
              {words.logOut}
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}

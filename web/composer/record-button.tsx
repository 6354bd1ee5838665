import { IconButton } from '#web/ui/icon-button.tsx';
import { MicrophoneIcon } from '#web/ui/icons.tsx';
import { words } from '#web/words/composer.ts';

/** Whether this browser can record. Without HTTPS it has no microphone. */
export const canRecord = globalThis.MediaRecorder !== undefined && navigator.mediaDevices !== undefined;

/** Starts the recording of a voice message. It stands where the button that sends is, as long as there is nothing to send. */
export function RecordButton({ onClick }: { onClick: () => void }) {
  return (
    <IconButton label={words.record} onClick={onClick}>
      <MicrophoneIcon />
    </IconButton>
  );
}

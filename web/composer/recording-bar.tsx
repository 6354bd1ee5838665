import { formatDuration } from '#web/ui/dates.ts';
import { IconButton } from '#web/ui/icon-button.tsx';
import { CheckIcon, CloseIcon, MicrophoneIcon } from '#web/ui/icons.tsx';
import { words } from '#web/words/composer.ts';
import { canRecord, type Recorder } from './recorder.ts';

/** Starts the recording of a voice message. */
export function RecordButton({ recorder }: { recorder: Recorder }) {
  if (!canRecord) return null;
  return (
    <IconButton label={words.record} onClick={() => void recorder.start()}>
      <MicrophoneIcon />
    </IconButton>
  );
}

/** Shows that the microphone is on, and for how long, above the text field. */
export function RecordingBar({ recorder: { state, seconds, finish, discard } }: { recorder: Recorder }) {
  if (state.value === 'refused')
    return (
      <p class="failure" role="alert">
        {words.noMicrophone}
      </p>
    );
  if (state.value === 'none') return null;
  return (
    <div class="composer-mode">
      <span class="names">
        <strong role="status">{words.recording}</strong>
        <small role="timer">{formatDuration(seconds.value)}</small>
      </span>
      <IconButton label={words.discardRecording} onClick={discard}>
        <CloseIcon />
      </IconButton>
      <IconButton label={words.endRecording} onClick={finish}>
        <CheckIcon />
      </IconButton>
    </div>
  );
}

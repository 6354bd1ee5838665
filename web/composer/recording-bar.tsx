import { formatDuration } from '#web/ui/dates.ts';
import { IconButton } from '#web/ui/icon-button.tsx';
import { CheckIcon, CloseIcon, MicrophoneIcon } from '#web/ui/icons.tsx';
import { canRecord, type Recorder } from './recorder.ts';

/** Starts the recording of a voice message. */
export function RecordButton({ recorder }: { recorder: Recorder }) {
  if (!canRecord) return null;
  return (
    <IconButton label="Record a voice message" onClick={() => void recorder.start()}>
      <MicrophoneIcon />
    </IconButton>
  );
}

/** Shows that the microphone is on, and for how long, above the text field. */
export function RecordingBar({ recorder: { state, seconds, finish, discard } }: { recorder: Recorder }) {
  if (state.value === 'refused')
    return (
      <p class="failure" role="alert">
        The microphone can’t be used. Allow it in the settings of your browser, and try again.
      </p>
    );
  if (state.value === 'none') return null;
  return (
    <div class="composer-mode">
      <span class="names">
        <strong role="status">Recording</strong>
        <small role="timer">{formatDuration(seconds.value)}</small>
      </span>
      <IconButton label="Discard the recording" onClick={discard}>
        <CloseIcon />
      </IconButton>
      <IconButton label="End the recording" onClick={finish}>
        <CheckIcon />
      </IconButton>
    </div>
  );
}

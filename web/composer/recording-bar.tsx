import { useEffect } from 'preact/hooks';
import { formatDuration } from '#web/ui/dates.ts';
import { IconButton } from '#web/ui/icon-button.tsx';
import { CheckIcon, CloseIcon } from '#web/ui/icons.tsx';
import { words } from '#web/words/recording.ts';
import '#web/styles/composer-mode.css';
import type { Attachments } from './attachments.ts';
import { useRecorder } from './recorder.ts';

interface RecordingBarProps {
  readonly attachments: Attachments;
  /** How many times the person has started a recording. */
  readonly starts: number;
}

/** Records a voice message, and shows that the microphone is on, and for how long, above the text field. */
export function RecordingBar({ attachments, starts }: RecordingBarProps) {
  const { state, seconds, start, finish, discard } = useRecorder(attachments);
  useEffect(() => void start(), [starts]);
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

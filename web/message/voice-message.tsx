import { useEffect, useRef, useState } from 'preact/hooks';
import type { Attachment } from '#protocol/media.ts';
import { formatDuration } from '#web/ui/dates.ts';
import { IconButton } from '#web/ui/icon-button.tsx';
import { PlayIcon } from '#web/ui/icons.tsx';
import { PauseIcon } from '#web/ui/more-icons.tsx';
import { words } from '#web/words/voice-message.ts';
import { useFile } from './use-file.ts';
import '#web/styles/voice.css';

/** The height of the waveform, and the width of one of its bars with the space beside it. */
const [height, step] = [28, 4];

/** The recording that plays. Another one that starts stops it. */
let playing: HTMLAudioElement | undefined;

/** A recording: a button that plays it, and a slider before its waveform. */
export function VoiceMessage({ media: { id, duration = 0, waveform = '' } }: { media: Attachment }) {
  const [file, renew] = useFile(id);
  const audio = useRef<HTMLAudioElement>(null);
  const [[seconds, isPlaying], setState] = useState([0, false]);
  const update = ({ currentTarget: { currentTime, paused } }: { currentTarget: HTMLAudioElement }) =>
    setState([currentTime, !paused]);
  const whole = Math.max(duration, seconds);
  /** Somebody wants to hear it, and it doesn't play yet. */
  const wanted = useRef(false);

  function play() {
    // It rejects without an address, or if that has expired: `onError` fetches another one.
    audio.current?.play().catch(() => {});
  }

  function toggle() {
    const { current } = audio;
    if (!current) return;
    wanted.current = current.paused;
    if (!current.paused) return current.pause();
    if (playing !== current) playing?.pause();
    playing = current;
    play();
  }

  // A new address ends what plays, and what was to play.
  useEffect(() => {
    if (file && wanted.current && playing === audio.current) play();
  }, [file?.url]);

  return (
    <div class="voice">
      {/* biome-ignore lint/a11y/useMediaCaption: people speak their messages without captions */}
      <audio
        ref={audio}
        src={file?.url}
        preload="none"
        onPlay={update}
        onPause={update}
        onPlaying={() => {
          wanted.current = false;
        }}
        onTimeUpdate={update}
        onError={renew}
      />
      <IconButton label={isPlaying ? words.pause : words.play} onClick={toggle}>
        {isPlaying ? <PauseIcon /> : <PlayIcon />}
      </IconButton>
      <span class="waveform" dir="ltr">
        <Bars waveform={waveform} />
        <span class="played" style={{ clipPath: `inset(0 ${100 - (100 * seconds) / (whole || 1)}% 0 0)` }}>
          <Bars waveform={waveform} />
        </span>
        <input
          type="range"
          aria-label={words.position}
          aria-valuetext={words.of(formatDuration(seconds), formatDuration(whole))}
          max={whole}
          step="0.1"
          value={seconds}
          onInput={({ currentTarget: { valueAsNumber } }) => {
            if (audio.current) audio.current.currentTime = valueAsNumber;
            setState([valueAsNumber, isPlaying]);
          }}
        />
      </span>
      <small>{formatDuration(isPlaying || seconds > 0 ? seconds : whole)}</small>
    </div>
  );
}

/** One line for each byte of a waveform, as long as it is loud. */
function Bars({ waveform }: { waveform: string }) {
  const bars = Array.from(atob(waveform), (character) => Math.max(2, (character.charCodeAt(0) / 255) * height));
  const lines = bars.map((bar, i) => `M${(i + 0.5) * step} ${(height - bar) / 2}v${bar}`);
  return (
    <svg viewBox={`0 0 ${(bars.length || 1) * step} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={lines.join('')} />
    </svg>
  );
}

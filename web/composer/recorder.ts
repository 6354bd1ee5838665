import { type Signal, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { words } from '#web/words/recording.ts';
import type { Attachments } from './attachments.ts';
import { waveformOf } from './waveform.ts';

/** What browsers record: Chrome and Firefox the first, Safari the second. */
const types = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];
/** Enough for speech. */
const audioBitsPerSecond = 32_000;
/** A recording ends by itself after this time, in ms. It is far below the size limit then, even where a browser ignores the bit rate. */
const longestMs = 10 * 60_000;

export type Recording = 'none' | 'running' | 'refused';

/** Records a voice message, which becomes one of the attached files. */
export interface Recorder {
  readonly state: Signal<Recording>;
  /** Since the recording began. */
  readonly seconds: Signal<number>;
  start(): Promise<void>;
  /** Ends the recording, and attaches it. */
  finish(): void;
  /** Ends the recording, and throws it away. */
  discard(): void;
}

/** A recorder for as long as the component is shown. */
export function useRecorder(attachments: Attachments): Recorder {
  const recorder = useMemo(() => createRecorder(attachments), [attachments]);
  useEffect(() => () => recorder.discard(), [recorder]);
  return recorder;
}

function createRecorder(attachments: Attachments): Recorder {
  const [state, seconds] = [signal<Recording>('none'), signal(0)];
  let end: ((isWanted: boolean) => void) | undefined;

  function discard() {
    end?.(false);
    state.value = 'none';
  }

  async function start() {
    if (state.value === 'running') return;
    state.value = 'running';
    seconds.value = 0;
    let isEnded = false;
    end = () => {
      isEnded = true;
    };
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const release = () => {
        for (const track of stream.getTracks()) track.stop();
      };
      // The person was asked for leave meanwhile, and may have gone elsewhere.
      if (isEnded) return release();
      const mimeType = types.find((type) => MediaRecorder.isTypeSupported(type));
      const media = new MediaRecorder(stream, { audioBitsPerSecond, ...(mimeType !== undefined && { mimeType }) });
      const parts: Blob[] = [];
      let isWanted = true;
      const ticking = setInterval(() => {
        seconds.value += 1;
        if (seconds.value * 1000 >= longestMs) end?.(true);
      }, 1000);
      media.ondataavailable = ({ data }) => parts.push(data);
      media.onstop = () => {
        clearInterval(ticking);
        release();
        state.value = 'none';
        if (isWanted) void attach(new File(parts, words.voiceMessage, { type: media.mimeType }));
      };
      end = (wanted) => {
        isWanted = wanted;
        if (media.state !== 'inactive') media.stop();
      };
      media.start();
    } catch {
      if (!isEnded) state.value = 'refused';
    }
  }

  async function attach(file: File) {
    attachments.add([file], await waveformOf(file));
  }

  return { state, seconds, start, finish: () => end?.(true), discard };
}

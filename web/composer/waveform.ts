import { limits } from '#protocol/limits.ts';

/** The lowest rate that all browsers have. It is enough to see how loud somebody speaks. */
const sampleRate = 8_000;

/**
 * How loud a recording is, as `waveform` of the protocol, or undefined if the browser can't decode it: the server makes a rougher one
 * then.
 */
export async function waveformOf(recording: Blob): Promise<string | undefined> {
  try {
    const decoder = new OfflineAudioContext(1, 1, sampleRate);
    const sound = await decoder.decodeAudioData(await recording.arrayBuffer());
    return btoa(String.fromCharCode(...loudness(sound.getChannelData(0))));
  } catch {
    return undefined;
  }
}

/** The effective value of each part, so that the loudest has 255. */
function loudness(samples: Float32Array): number[] {
  const parts = Math.min(limits.waveformParts, samples.length);
  const values = Array.from({ length: parts }, (_, part) => {
    const [from, to] = [part, part + 1].map((i) => Math.floor((i * samples.length) / parts));
    let squares = 0;
    for (const sample of samples.subarray(from, to)) squares += sample * sample;
    return Math.sqrt(squares / Math.max(1, (to ?? 0) - (from ?? 0)));
  });
  const most = Math.max(...values, Number.MIN_VALUE);
  return values.map((value) => Math.round((255 * value) / most));
}

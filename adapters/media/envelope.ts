import { limits } from '#protocol/limits.ts';

/** Adds up the sizes of a recording's packets in parts of equal length. */
export interface Envelope {
  /** Takes the size in bytes of the next packet. */
  add(size: number): void;
  /** One byte for each part, in base64, or undefined if there was no packet. The largest part has 255. */
  waveform(): string | undefined;
}

/**
 * Makes a waveform without decoding: encoders of speech with a variable bit rate spend few bytes on silence and many on what is loud
 * and rich. There are never more than `limits.waveformParts`, however many packets: when they are full, each two become one.
 */
export function envelope(): Envelope {
  let sums: number[] = [];
  let [perPart, inLast] = [1, 1];

  return {
    add(size) {
      if (inLast === perPart) {
        if (sums.length === limits.waveformParts) {
          sums = sums.flatMap((sum, i) => (i % 2 === 0 ? sum + (sums[i + 1] ?? 0) : []));
          perPart *= 2;
        }
        sums.push(0);
        inLast = 0;
      }
      sums.push((sums.pop() ?? 0) + size);
      inLast += 1;
    },

    waveform() {
      if (sums.length === 0) return undefined;
      const means = sums.map((sum, i) => sum / (i === sums.length - 1 ? inLast : perPart));
      const most = Math.max(1, ...means);
      return Buffer.from(means.map((mean) => Math.round((255 * mean) / most))).toString('base64');
    },
  };
}

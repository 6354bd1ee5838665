import { Rejection } from '#core/media/rejection.ts';
import { at, type Box } from './boxes.ts';

/** How many samples a track has, and their sizes in bytes: all the `same`, or, if that is 0, one after the other. */
export interface Sizes {
  readonly same: number;
  readonly samples: number;
  sizeOf(sample: number): number;
}

/**
 * How the texts begin that encoders leave in the samples: the settings of x264 and x265, and in AAC the version of FFmpeg. They are so
 * long that no sample has one by chance.
 */
const encoders = [
  'x264 - core ',
  'x265 (build ',
  // FFmpeg 2.0 to 8.0, and some room.
  ...Array.from({ length: 12 }, (_, i) => `Lavc${55 + i}.`),
];
const [space, tilde] = [0x20, 0x7e];

/** Overwrites samples of a film, wherever its tables say that they are in the media data. */
export function sampleEraser(bytes: Buffer) {
  // Where media data begins and ends, in the order of the file.
  const media: number[] = [];
  // A sample is erased once at most in a valid file. One with tables that name the same again and again would take hours.
  let left = bytes.length;

  return {
    /** Lets samples between two positions be erased. It must be called in the order of the file. */
    allow(start: number, end: number): void {
      media.push(start, end);
    },

    /**
     * Erases the samples of a track by its tables: the offsets of chunks, of 4 or 8 bytes each (`stco`, `co64`), the samples in a
     * chunk (`stsc`) and their sizes (`stsz`, `stz2`); ISO/IEC 14496-12, sections 8.7.3 to 8.7.5.
     */
    erase(offsets: Box, width: 4 | 8, chunks: Box, sizes: Sizes): void {
      const { same, samples } = sizes;
      let [run, sample] = [0, 0];
      const runs = uint(chunks, 4);
      for (let chunk = 0; chunk < uint(offsets, 4) && sample < samples; chunk++) {
        while (run + 1 < runs && uint(chunks, 8 + 12 * (run + 1)) <= chunk + 1) run += 1;
        const start = width === 4 ? uint(offsets, 8 + 4 * chunk) : wide(offsets, 8 + 8 * chunk);
        const until = Math.min(samples, sample + uint(chunks, 8 + 12 * run + 4));
        let length = same * (until - sample);
        if (same > 0) sample = until;
        else for (; sample < until; sample++) length += sizes.sizeOf(sample);
        clear(start, start + length);
      }
    },

    /** Erases what of the media data is between two positions. */
    clear,

    /** Overwrites the settings that encoders write into the first samples, with spaces, which are valid there. */
    eraseEncoders(): void {
      for (const encoder of encoders)
        for (let start = bytes.indexOf(encoder, 0, 'latin1'); start >= 0; ) {
          let end = start;
          while (end < bytes.length && isPrintable(bytes.readUInt8(end))) end += 1;
          bytes.fill(space, start, end);
          start = bytes.indexOf(encoder, end, 'latin1');
        }
    },
  };

  function clear(start: number, end: number): void {
    const part = mediaAt(start);
    const to = Math.min(end, media[part + 1] ?? start);
    if (part < 0 || to <= start) return;
    left -= to - start;
    if (left < 0) throw new Rejection('damaged', 'its tables name the same samples more than once');
    bytes.fill(0, start, to);
  }

  /** The index of the last part of media data that begins at a position or before it, or -1. */
  function mediaAt(position: number): number {
    let [low, high] = [0, media.length / 2];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((media[2 * middle] ?? 0) <= position) low = middle + 1;
      else high = middle;
    }
    return 2 * (low - 1);
  }

  function uint(table: Box, offset: number): number {
    return bytes.readUInt32BE(at(table, offset, 4));
  }

  function wide(table: Box, offset: number): number {
    return uint(table, offset) * 2 ** 32 + uint(table, offset + 4);
  }
}

/** Reads the sizes of samples from a box `stsz`, or from `stz2`, where they have 4, 8 or 16 bits each. */
export function sizesOf(bytes: Buffer, wide: Box | undefined, compact: Box | undefined): Sizes | undefined {
  if (wide) {
    const same = bytes.readUInt32BE(at(wide, 4, 4));
    const samples = bytes.readUInt32BE(at(wide, 8, 4));
    return { same, samples, sizeOf: (sample) => bytes.readUInt32BE(at(wide, 12 + 4 * sample, 4)) };
  }
  if (!compact) return undefined;
  const bits = bytes.readUInt8(at(compact, 7, 1));
  const sizeOf = (sample: number) => {
    if (bits === 16) return bytes.readUInt16BE(at(compact, 12 + 2 * sample, 2));
    if (bits === 8) return bytes.readUInt8(at(compact, 12 + sample, 1));
    return (bytes.readUInt8(at(compact, 12 + (sample >> 1), 1)) >> (sample % 2 === 0 ? 4 : 0)) & 0xf;
  };
  return { same: 0, samples: bytes.readUInt32BE(at(compact, 8, 4)), sizeOf };
}

function isPrintable(byte: number): boolean {
  return byte >= space && byte <= tilde;
}

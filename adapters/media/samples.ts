import { Rejection } from '#core/media/rejection.ts';

interface Table {
  readonly content: number;
  readonly end: number;
}

/** How the texts begin that encoders leave in the samples. */
const encoders = ['x264 - core ', 'x265 (build '];
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
     * chunk (`stsc`) and their sizes (`stsz`); ISO/IEC 14496-12, sections 8.7.3 to 8.7.5.
     */
    erase(offsets: Table, width: 4 | 8, chunks: Table, sizes: Table): void {
      const same = uint(sizes, 4);
      const samples = uint(sizes, 8);
      let [run, sample] = [0, 0];
      const runs = uint(chunks, 4);
      for (let chunk = 0; chunk < uint(offsets, 4) && sample < samples; chunk++) {
        while (run + 1 < runs && uint(chunks, 8 + 12 * (run + 1)) <= chunk + 1) run += 1;
        const start = width === 4 ? uint(offsets, 8 + 4 * chunk) : wide(offsets, 8 + 8 * chunk);
        const until = Math.min(samples, sample + uint(chunks, 8 + 12 * run + 4));
        let length = same * (until - sample);
        if (same > 0) sample = until;
        else for (; sample < until; sample++) length += uint(sizes, 12 + 4 * sample);
        clear(start, start + length);
      }
    },

    /** Overwrites the settings that encoders write into the first samples, with spaces, which are valid there. */
    eraseEncoders(): void {
      for (const encoder of encoders)
        for (let at = bytes.indexOf(encoder, 0, 'latin1'); at >= 0; at = bytes.indexOf(encoder, at, 'latin1')) {
          let end = at;
          while (end < bytes.length && isPrintable(bytes.readUInt8(end))) end += 1;
          bytes.fill(space, at, end);
          at = end;
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

  function uint({ content, end }: Table, offset: number): number {
    if (content + offset + 4 > end) throw new Rejection('damaged', 'a table is too short');
    return bytes.readUInt32BE(content + offset);
  }

  function wide(table: Table, offset: number): number {
    return uint(table, offset) * 2 ** 32 + uint(table, offset + 4);
  }
}

function isPrintable(byte: number): boolean {
  return byte >= space && byte <= tilde;
}

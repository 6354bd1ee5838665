import { Rejection } from '#core/media/rejection.ts';
import type { Count, See } from './parts.ts';

/** The positions in the file of a box, its content and its end. */
export interface Box {
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

/** The four letters of a box's type as a number. */
export const code = (type: string): number => Buffer.from(type, 'latin1').readUInt32BE();

/**
 * Visits the boxes of ISO/IEC 14496-12 (section 4.2) between two positions, which they must fill exactly, so that nothing else can be
 * in it. If there is `stray`, it is called with the position of bytes that are no box, and says whether they may be there.
 */
export function eachBox(
  bytes: Buffer,
  count: Count,
  from: number,
  limit: number,
  see: See,
  stray?: (start: number) => boolean,
): void {
  for (let start = from; start < limit; ) {
    count();
    const isWhole = start + 8 <= limit;
    const size = isWhole ? bytes.readUInt32BE(start) : 0;
    const content = start + (size === 1 ? 16 : 8);
    // Size 0 means that the box extends to the end of the file.
    const length = size === 1 && content <= limit ? Number(bytes.readBigUInt64BE(start + 8)) : size || limit - start;
    const end = start + length;
    if (!isWhole || end < content || end > limit) {
      if (stray?.(start)) return;
      throw new Rejection('damaged', 'a box is cut off, or longer than what it is in');
    }
    see(bytes.readUInt32BE(start + 4), start, content, end);
    start = end;
  }
}

/** Turns a box into an empty one of type `free` and the same length, which players skip. */
export function wipeBox(bytes: Buffer, start: number, content: number, end: number): void {
  bytes.write('free', start + 4, 'latin1');
  bytes.fill(0, content, end);
}

/** The position of an offset in a box's content. Throws `Rejection` if the content doesn't have `length` bytes there. */
export function at({ content, end }: Box, offset: number, length: number): number {
  if (content + offset + length > end) throw new Rejection('damaged', 'a box is too short');
  return content + offset;
}

/** The version of a full box, which decides about the width of its times. */
export const version = (bytes: Buffer, box: Box) => bytes.readUInt8(at(box, 0, 1));

import { at, type Box, code, version } from './boxes.ts';
import { secondsOf } from './parts.ts';

/** The size by the track header (section 8.3.2), which has fixed-point numbers and a matrix that may turn the video on its side. */
export function sizeOf(bytes: Buffer, tkhd: Box) {
  const matrix = version(bytes, tkhd) === 1 ? 52 : 40;
  const value = (offset: number) => bytes.readUInt32BE(at(tkhd, matrix + offset, 4));
  const [width, height] = [Math.round(value(36) / 0x1_0000), Math.round(value(40) / 0x1_0000)];
  const isOnItsSide = value(0) === 0 && value(16) === 0;
  return isOnItsSide ? { width: height, height: width } : { width, height };
}

/** The id of a track by its header (section 8.3.2). */
export function idOf(bytes: Buffer, tkhd: Box): number {
  return bytes.readUInt32BE(at(tkhd, version(bytes, tkhd) === 1 ? 20 : 12, 4));
}

/** The units of time in a second, by the header of a movie or of the media of a track (sections 8.2.2 and 8.4.2). */
export function timescaleOf(bytes: Buffer, header: Box): number {
  return bytes.readUInt32BE(at(header, version(bytes, header) === 1 ? 20 : 12, 4));
}

/** The duration in seconds by the movie header. It is undefined for fragmented files, which don't have it there. */
export function durationOf(bytes: Buffer, mvhd: Box): number | undefined {
  const isWide = version(bytes, mvhd) === 1;
  const units = isWide ? Number(bytes.readBigUInt64BE(at(mvhd, 24, 8))) : bytes.readUInt32BE(at(mvhd, 16, 4));
  // All bits are set where it isn't known.
  const isUnknown = units >= (isWide ? 2 ** 64 : 2 ** 32 - 1);
  return isUnknown ? undefined : secondsOf(units / timescaleOf(bytes, mvhd));
}

/** What is overwritten in the boxes that are kept. */
export const scrubs = new Map<number, (bytes: Buffer, box: Box) => void>(
  Object.entries({
    mvhd: eraseTimes,
    tkhd: eraseTimes,
    mdhd: eraseTimes,
    // The name behind the type of the handler (section 8.4.3).
    hdlr: (bytes: Buffer, box: Box) => bytes.fill(0, at(box, 12, 0), box.end),
    stsd: eraseCompressor,
  }).map(([type, scrub]) => [code(type), scrub]),
);

/** The times of creation and modification, which are the first fields of a header. */
function eraseTimes(bytes: Buffer, box: Box): void {
  const length = version(bytes, box) === 1 ? 16 : 8;
  const start = at(box, 4, length);
  bytes.fill(0, start, start + length);
}

/** The name of the compressor in the entries of a video (section 12.1.3). Sound has none, and its entries are shorter. */
function eraseCompressor(bytes: Buffer, stsd: Box): void {
  for (let entry = stsd.content + 8; entry + 8 + 74 <= stsd.end; ) {
    const length = bytes.readUInt32BE(entry);
    if (length < 8 + 74) return;
    if (isVideoEntry(bytes, entry + 8)) bytes.fill(0, entry + 8 + 42, entry + 8 + 74);
    entry += length;
  }
}

/** A video's entry has a width and a height, and how many pictures are in a sample: one. */
function isVideoEntry(bytes: Buffer, content: number): boolean {
  return bytes.readUInt32BE(content + 24) > 0 && bytes.readUInt16BE(content + 40) === 1;
}

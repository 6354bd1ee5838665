import { Malformed } from '#core/media/malformed.ts';
import type { Facts } from '#core/media/media.ts';

/** A box of ISO/IEC 14496-12 (section 4.2): its type, and the positions in the file of the box, its content and its end. */
interface Box {
  readonly type: string;
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

/**
 * The boxes that a player needs, by the box that contains them. Other boxes may contain the location and the author of a video, or
 * another file.
 */
const kept: Readonly<Record<string, readonly string[]>> = {
  file: ['ftyp', 'moov', 'mdat', 'moof', 'mfra', 'sidx', 'styp'],
  moov: ['mvhd', 'trak', 'mvex'],
  trak: ['tkhd', 'edts', 'mdia'],
};

/**
 * Parses an MP4 or QuickTime file, and overwrites in `bytes` all that a player doesn't need: user data, metadata, and tracks of
 * neither video nor sound. The boxes keep their positions, because tables in the file contain offsets. Throws `Malformed` if the
 * file isn't valid or has no video track.
 */
export function cleanMp4(bytes: Buffer): Omit<Facts, 'size'> {
  const file = keepOnly(bytes, 'file', boxesIn(bytes, 0, bytes.length));
  const moov = only(file, 'moov');
  const movie = keepOnly(bytes, 'moov', boxesIn(bytes, moov.content, moov.end));
  const shown = movie.filter(({ type }) => type === 'trak').flatMap((track) => cleanTrack(bytes, track) ?? []);
  const [picture] = shown.filter(({ width, height }) => width > 0 && height > 0);
  if (!picture) throw new Malformed('there are no pictures');
  const duration = durationOf(bytes, only(movie, 'mvhd'));
  return { ...picture, ...(duration !== undefined && { duration }) };
}

/** Cleans a track. Returns the size of its video in pixels, or undefined if it isn't a video track. */
function cleanTrack(bytes: Buffer, track: Box): { width: number; height: number } | undefined {
  const parts = keepOnly(bytes, 'trak', boxesIn(bytes, track.content, track.end));
  const mdia = only(parts, 'mdia');
  const hdlr = only(boxesIn(bytes, mdia.content, mdia.end), 'hdlr');
  const handler = text(bytes, at(hdlr, 8, 4));
  if (handler === 'vide') return sizeOf(bytes, only(parts, 'tkhd'));
  if (handler !== 'soun') wipe(bytes, track);
  return undefined;
}

/** The size by the track header (section 8.3.2), which has fixed-point numbers and a matrix that may turn the video on its side. */
function sizeOf(bytes: Buffer, tkhd: Box) {
  const matrix = version(bytes, tkhd) === 1 ? 52 : 40;
  const value = (offset: number) => bytes.readUInt32BE(at(tkhd, matrix + offset, 4));
  const [width, height] = [Math.round(value(36) / 0x1_0000), Math.round(value(40) / 0x1_0000)];
  const isOnItsSide = value(0) === 0 && value(16) === 0;
  return isOnItsSide ? { width: height, height: width } : { width, height };
}

/** The duration in seconds by the movie header (section 8.2.2). It is undefined for fragmented files, which don't have it there. */
function durationOf(bytes: Buffer, mvhd: Box): number | undefined {
  const isWide = version(bytes, mvhd) === 1;
  const timescale = bytes.readUInt32BE(at(mvhd, isWide ? 20 : 12, 4));
  const units = isWide ? Number(bytes.readBigUInt64BE(at(mvhd, 24, 8))) : bytes.readUInt32BE(at(mvhd, 16, 4));
  const seconds = Math.round((1000 * units) / timescale) / 1000;
  return seconds > 0 && Number.isFinite(seconds) ? seconds : undefined;
}

/** The boxes between two positions. They must fill the span exactly, so that nothing else can be in it. */
function boxesIn(bytes: Buffer, start: number, end: number): Box[] {
  const boxes: Box[] = [];
  for (let position = start; position < end; ) {
    const box = boxAt(bytes, position, end);
    boxes.push(box);
    position = box.end;
  }
  return boxes;
}

function boxAt(bytes: Buffer, start: number, limit: number): Box {
  if (start + 8 > limit) throw new Malformed('a box is cut off');
  const size = bytes.readUInt32BE(start);
  const isLarge = size === 1;
  const content = start + (isLarge ? 16 : 8);
  if (content > limit) throw new Malformed('a box is cut off');
  // Size 0 means that the box extends to the end of the file.
  const length = isLarge ? Number(bytes.readBigUInt64BE(start + 8)) : size || limit - start;
  const end = start + length;
  if (end < content || end > limit) throw new Malformed('a box is longer than what it is in');
  return { type: text(bytes, start + 4), start, content, end };
}

/** Overwrites the boxes that a player doesn't need inside a box (or the file), and returns the others. */
function keepOnly(bytes: Buffer, inside: keyof typeof kept, boxes: readonly Box[]): readonly Box[] {
  const [wanted, rest] = [boxes.filter(isWanted), boxes.filter((box) => !isWanted(box))];
  for (const box of rest) wipe(bytes, box);
  return wanted;

  function isWanted({ type }: Box): boolean {
    return kept[inside]?.includes(type) ?? false;
  }
}

/** Turns a box into an empty one of type `free` and the same length, which players skip. */
function wipe(bytes: Buffer, { start, content, end }: Box): void {
  bytes.write('free', start + 4, 'latin1');
  bytes.fill(0, content, end);
}

/** The box of a type, of which there must be exactly one. */
function only(boxes: readonly Box[], type: string): Box {
  const [box, another] = boxes.filter((each) => each.type === type);
  if (!box || another) throw new Malformed(`there is not one ${type}`);
  return box;
}

/** The position of an offset in a box's content. Throws `Malformed` if the content doesn't have `length` bytes there. */
function at({ content, end }: Box, offset: number, length: number): number {
  if (content + offset + length > end) throw new Malformed('a box is too short');
  return content + offset;
}

const version = (bytes: Buffer, box: Box) => bytes.readUInt8(at(box, 0, 1));
const text = (bytes: Buffer, position: number) => bytes.toString('latin1', position, position + 4);

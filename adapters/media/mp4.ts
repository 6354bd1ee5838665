import type { Facts } from '#core/media/media.ts';
import { Rejection } from '#core/media/rejection.ts';
import { hasActiveContent } from './active-content.ts';
import { code, eachBox, wipeBox } from './boxes.ts';
import { partCounter } from './parts.ts';
import { sampleEraser } from './samples.ts';

/** A box that is looked at more closely: the positions in the file of the box, its content and its end. */
interface Box {
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

/**
 * The boxes that a player needs, by the box that contains them. Other boxes may contain the location and the author of a video, or
 * another file.
 */
const kept = new Map(
  Object.entries({
    file: ['ftyp', 'moov', 'mdat', 'moof', 'mfra', 'sidx', 'styp'],
    moov: ['mvhd', 'trak', 'mvex'],
    mvex: ['mehd', 'trex', 'leva'],
    trak: ['tkhd', 'edts', 'mdia'],
    edts: ['elst'],
    mdia: ['mdhd', 'hdlr', 'minf'],
    minf: ['vmhd', 'smhd', 'hdlr', 'dinf', 'stbl'],
    dinf: ['dref'],
    stbl: 'stsd stts ctts cslg stsc stsz stz2 stco co64 stss stsh stps sdtp sbgp sgpd saiz saio subs padb'.split(' '),
    moof: ['mfhd', 'traf'],
    traf: 'tfhd tfdt trun sdtp sbgp sgpd saiz saio subs senc'.split(' '),
    mfra: ['tfra', 'mfro'],
  }).map(([inside, types]) => [code(inside), new Set(types.map(code))]),
);
const [file, moov, mdat, moof, trak] = [code('file'), code('moov'), code('mdat'), code('moof'), code('trak')];
const handlers = { pictures: code('vide'), sound: code('soun') };

/** How many bytes behind the last box are forgiven. Cameras and messengers leave some there. */
const strayBytes = 65_536;

/** What a film is after its cleaning. */
interface CleanFilm {
  readonly facts: Omit<Facts, 'size'>;
  /** Where the film ends in `bytes`. What is behind it must not be served. */
  readonly end: number;
}

/**
 * Parses an MP4 or QuickTime file, and overwrites in `bytes` all that a player doesn't need: user data, metadata, times, the names of
 * programs, and tracks of neither pictures nor sound with their samples. The boxes keep their positions, because tables in the file
 * contain offsets. Throws `Rejection` if the file isn't valid or has no video track.
 */
export function cleanMp4(bytes: Buffer): CleanFilm {
  const count = partCounter();
  const each = eachBox.bind(undefined, bytes, count);
  const eraser = sampleEraser(bytes);
  let [end, hasMedia] = [bytes.length, false];
  let movie: Box | undefined;

  each(0, bytes.length, seePart, (start) => {
    end = start;
    return hasMedia && movie !== undefined && isStray(bytes, start);
  });
  if (!movie) throw new Rejection('damaged', 'there is no moov');
  const duration = durationOf(bytes, inside(movie, 'mvhd'));
  const picture = cleanTracks(movie);
  if (!picture) throw new Rejection('damaged', 'there are no pictures');
  clean(file, 0, end);
  eraser.eraseEncoders();
  return { facts: { ...picture, ...(duration !== undefined && { duration }) }, end };

  function seePart(type: number, start: number, content: number, boxEnd: number): void {
    if (type === moov && movie) throw new Rejection('damaged', 'there are two films in it');
    if (type === moov) movie = { start, content, end: boxEnd };
    if (type === mdat) eraser.allow(content, boxEnd);
    hasMedia ||= type === mdat || type === moof;
  }

  /** Drops the tracks of neither pictures nor sound. Returns the size of the first one with pictures. */
  function cleanTracks(parent: Box): { width: number; height: number } | undefined {
    let first: { width: number; height: number } | undefined;
    each(parent.content, parent.end, (type, start, content, boxEnd) => {
      if (type !== trak) return;
      const track = { start, content, end: boxEnd };
      const mdia = inside(track, 'mdia');
      const handler = bytes.readUInt32BE(at(inside(mdia, 'hdlr'), 8, 4));
      if (handler === handlers.pictures) {
        const size = sizeOf(bytes, inside(track, 'tkhd'));
        if (size.width > 0 && size.height > 0) first ??= size;
      } else if (handler !== handlers.sound) {
        eraseSamples(mdia);
        wipeBox(bytes, start, content, boxEnd);
      }
    });
    return first;
  }

  function eraseSamples(mdia: Box): void {
    const minf = one(mdia, 'minf');
    const stbl = minf && one(minf, 'stbl');
    if (!stbl) return;
    const [narrow, wide, chunks, sizes] = ['stco', 'co64', 'stsc', 'stsz'].map((type) => one(stbl, type));
    const offsets = narrow ?? wide;
    if (offsets && chunks && sizes) eraser.erase(offsets, narrow ? 4 : 8, chunks, sizes);
  }

  /** Wipes what isn't needed between two positions in a box, and what tells of time and programs in what is. */
  function clean(parent: number, from: number, to: number): void {
    const needed = kept.get(parent);
    each(from, to, (type, start, content, boxEnd) => {
      if (!needed?.has(type)) wipeBox(bytes, start, content, boxEnd);
      else if (kept.has(type)) clean(type, content, boxEnd);
      else scrubs.get(type)?.(bytes, { start, content, end: boxEnd });
    });
  }

  /** The box of a type, of which there must not be two. */
  function one(parent: Box, type: string): Box | undefined {
    const wanted = code(type);
    let found: Box | undefined;
    each(parent.content, parent.end, (id, start, content, boxEnd) => {
      if (id !== wanted) return;
      if (found) throw new Rejection('damaged', `there is more than one ${type}`);
      found = { start, content, end: boxEnd };
    });
    return found;
  }

  function inside(parent: Box, type: string): Box {
    const box = one(parent, type);
    if (!box) throw new Rejection('damaged', `there is no ${type}`);
    return box;
  }
}

/** Whether bytes at the end of a file are no box that was cut off, and nothing that other programs open. */
function isStray(bytes: Buffer, start: number): boolean {
  const rest = bytes.subarray(start);
  const isCutOff = rest.length >= 8 && kept.get(file)?.has(rest.readUInt32BE(4));
  return rest.length <= strayBytes && !isCutOff && !hasActiveContent(rest);
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

/** What is overwritten in the boxes that are kept. */
const scrubs = new Map<number, (bytes: Buffer, box: Box) => void>(
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

/** The position of an offset in a box's content. Throws `Rejection` if the content doesn't have `length` bytes there. */
function at({ content, end }: Box, offset: number, length: number): number {
  if (content + offset + length > end) throw new Rejection('damaged', 'a box is too short');
  return content + offset;
}

const version = (bytes: Buffer, box: Box) => bytes.readUInt8(at(box, 0, 1));

import type { Facts } from '#core/media/media.ts';
import { Rejection } from '#core/media/rejection.ts';
import { eachElement, floatOf, openable, uintOf, vintAt, vintLength, wipeElement } from './ebml.ts';
import { envelope } from './envelope.ts';
import { partCounter, secondsOf } from './parts.ts';

/** The ids of Matroska elements (RFC 9559, section 5.1). */
const ids = {
  ...openable,
  ebml: 0x1a45dfa3,
  docType: 0x4282,
  seekHead: 0x114d9b74,
  cues: 0x1c53bb6b,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  duration: 0x4489,
  muxingApp: 0x4d80,
  writingApp: 0x5741,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackType: 0x83,
  video: 0xe0,
  pixelWidth: 0xb0,
  pixelHeight: 0xba,
  timestamp: 0xe7,
  blockGroup: 0xa0,
  block: 0xa1,
  simpleBlock: 0xa3,
};

/** What is kept in a track: numbers, flags and times; language, codec, picture and sound. Names aren't. */
const inTrack = new Set([
  ...[ids.trackNumber, 0x73c5, ids.trackType, 0xb9, 0x88, 0x55aa, 0x9c, 0x6de7, 0x6df8, 0x23e383, 0x234e7a],
  ...[0x23314f, 0x55ee, 0x41e4, 0x22b59c, 0x22b59d, 0x86, 0x63a2, 0x56aa, 0x56bb, ids.video, 0xe1, 0x6d80],
]);
/** What is kept in a cluster: its time and position, and its blocks. */
const inCluster = new Set([ids.timestamp, 0xa7, 0xab, ids.blockGroup, ids.simpleBlock]);
/** What is kept in a group: the block, what is added to it (the alpha channel), durations and references. */
const inGroup = new Set([ids.block, 0x75a1, 0x9b, 0xfa, 0xfb, 0xa4, 0x75a2]);

const trackTypes = { video: 1, audio: 2 };
/** The nanoseconds in a unit of time, if a file doesn't give another number. */
const defaultScale = 1_000_000;

/**
 * Parses a WebM file, and overwrites in `bytes` all that a player doesn't need: tags, attachments, chapters, titles, dates, the names of
 * programs and tracks, and tracks of neither pictures nor sound with their blocks. The elements keep their positions, because the file
 * refers to them. Throws `Rejection` if the file isn't valid or has neither pictures nor sound. Sound alone has no size, but a waveform.
 */
export function cleanWebm(bytes: Buffer): Omit<Facts, 'size'> {
  const count = partCounter();
  const each = eachElement.bind(undefined, bytes, count);
  const wipe = wipeElement.bind(undefined, bytes);
  const dropped = new Set<number>();
  const packets = envelope();
  let size: { width: number; height: number } | undefined;
  let soundTrack: number | undefined;
  let [hasInfo, hasTracks] = [false, false];
  // Times of a cluster and of the last block, in units of the scale.
  let [scale, units, clusterTime, lastTime]: [number, number | undefined, number, number] = [
    defaultScale,
    undefined,
    0,
    0,
  ];

  const segment = segmentOf();
  // Tracks may come behind the blocks that are theirs.
  each(segment.content, segment.end, (id, start, content, end) => {
    if (id === ids.info && !hasInfo) cleanInfo(content, end);
    else if (id === ids.tracks && !hasTracks) cleanTracks(content, end);
    else if (id === ids.info || id === ids.tracks) wipe(start, end);
  });
  if (!hasInfo || (!size && soundTrack === undefined))
    throw new Rejection('damaged', 'there are neither pictures nor sound');
  each(segment.content, segment.end, (id, start, content, end) => {
    if (id === ids.cluster) each(content, end, cleanBlock);
    else if (inCluster.has(id)) cleanBlock(id, start, content, end);
    else if (![ids.info, ids.tracks, ids.seekHead, ids.cues].includes(id)) wipe(start, end);
  });
  // A live recording doesn't state its duration: it ends with the last block.
  const duration = secondsOf(((units ?? lastTime) * scale) / 1e9) ?? secondsOf((lastTime * scale) / 1e9);
  return { ...(size ?? { waveform: packets.waveform() }), ...(duration !== undefined && { duration }) };

  /** The one segment, which follows the header. */
  function segmentOf(): { content: number; end: number } {
    let found: { content: number; end: number } | undefined;
    let position = 0;
    each(0, bytes.length, (id, _, content, end) => {
      position += 1;
      if (position === 1 && id === ids.ebml) checkHeader(content, end);
      else if (position === 2 && id === ids.segment) found = { content, end };
      else throw new Rejection('damaged', 'it is not one header and one segment');
    });
    if (!found) throw new Rejection('damaged', 'there is no segment');
    return found;
  }

  function checkHeader(from: number, to: number): void {
    let docType: string | undefined;
    each(from, to, (id, _, content, end) => {
      if (id === ids.docType) docType ??= bytes.toString('latin1', content, Math.min(end, content + 16));
    });
    if (docType !== 'webm') throw new Rejection('unsupported', 'it is not WebM');
  }

  function cleanInfo(from: number, to: number): void {
    hasInfo = true;
    each(from, to, (id, start, content, end) => {
      if (id === ids.timestampScale) scale = uintOf(bytes, content, end);
      else if (id === ids.duration) units = floatOf(bytes, content, end);
      // A file must have both (RFC 9559, section 5.1.2), and they may be empty.
      else if (id === ids.muxingApp || id === ids.writingApp) bytes.fill(0, content, end);
      else wipe(start, end);
    });
  }

  function cleanTracks(from: number, to: number): void {
    hasTracks = true;
    each(from, to, (id, start, content, end) => {
      if (id !== ids.trackEntry || !cleanTrack(content, end)) wipe(start, end);
    });
  }

  /** Whether the track is kept. */
  function cleanTrack(from: number, to: number): boolean {
    let [number, type, width, height] = [0, 0, 0, 0];
    each(from, to, (id, start, content, end) => {
      if (id === ids.trackNumber) number = uintOf(bytes, content, end);
      else if (id === ids.trackType) type = uintOf(bytes, content, end);
      else if (id === ids.video)
        each(content, end, (part, _, partContent, partEnd) => {
          if (part === ids.pixelWidth) width = uintOf(bytes, partContent, partEnd);
          else if (part === ids.pixelHeight) height = uintOf(bytes, partContent, partEnd);
        });
      else if (!inTrack.has(id)) wipe(start, end);
    });
    if (type === trackTypes.video && width > 0 && height > 0) size ??= { width, height };
    if (type === trackTypes.audio) soundTrack ??= number;
    const isKept = type === trackTypes.video || type === trackTypes.audio;
    if (!isKept) dropped.add(number);
    return isKept;
  }

  function cleanBlock(id: number, start: number, content: number, end: number): void {
    let isKept = inCluster.has(id);
    if (id === ids.timestamp) clusterTime = uintOf(bytes, content, end);
    if (id === ids.simpleBlock) isKept = seeBlock(content, end);
    if (id === ids.blockGroup)
      each(content, end, (part, partStart, partContent, partEnd) => {
        if (part === ids.block && !seeBlock(partContent, partEnd)) isKept = false;
        if (!inGroup.has(part)) wipe(partStart, partEnd);
      });
    if (!isKept) wipe(start, end);
  }

  /** Whether a block is of a track that is kept. A block begins with the number of its track and its time in the cluster, of 16 bits. */
  function seeBlock(content: number, end: number): boolean {
    const number = vintAt(bytes, content, end);
    if (dropped.has(number)) return false;
    const timeAt = content + vintLength(bytes, content, end);
    if (timeAt + 2 > end) throw new Rejection('damaged', 'a block is cut off');
    lastTime = Math.max(lastTime, clusterTime + bytes.readInt16BE(timeAt));
    if (number === soundTrack) packets.add(end - timeAt);
    return true;
  }
}

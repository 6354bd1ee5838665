import { Malformed } from '#core/media/malformed.ts';
import type { Facts } from '#core/media/media.ts';

/** An element of EBML (RFC 8794): its id, and the positions in the file of the element, its content and its end. */
interface Element {
  readonly id: number;
  readonly start: number;
  readonly content: number;
  readonly end: number;
  /** Whether the size is unknown. Programs that record live write elements before they know their size. */
  readonly isOpen: boolean;
}

/** The ids of Matroska elements (RFC 9559, section 5.1). */
const ids = {
  ebml: 0x1a45dfa3,
  docType: 0x4282,
  segment: 0x18538067,
  seekHead: 0x114d9b74,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  duration: 0x4489,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackType: 0x83,
  video: 0xe0,
  pixelWidth: 0xb0,
  pixelHeight: 0xba,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  position: 0xa7,
  prevSize: 0xab,
  blockGroup: 0xa0,
  simpleBlock: 0xa3,
  cues: 0x1c53bb6b,
  void: 0xec,
};

/**
 * The elements of a segment that a player needs, and those of a cluster of unknown size, which are read as if they were in the
 * segment. Tags, attachments and chapters aren't among them.
 */
const kept = new Set([
  ...[ids.seekHead, ids.info, ids.tracks, ids.cluster, ids.cues],
  ...[ids.timestamp, ids.position, ids.prevSize, ids.blockGroup, ids.simpleBlock],
]);

const videoTrack = 1;
/** The nanoseconds in a unit of time, if a file doesn't give another number. */
const defaultScale = 1_000_000;

/**
 * Parses a WebM file, and overwrites in `bytes` all that a player doesn't need. The elements keep their positions, because the file
 * refers to them. Throws `Malformed` if the file isn't valid or has no video track.
 */
export function cleanWebm(bytes: Buffer): Omit<Facts, 'size'> {
  const [header, segment, ...more] = elementsIn(bytes, 0, bytes.length);
  if (header?.id !== ids.ebml || segment?.id !== ids.segment || more.length > 0)
    throw new Malformed('it is not one header and one segment');
  const docType = only(elementsIn(bytes, header.content, header.end), ids.docType);
  if (bytes.toString('latin1', docType.content, docType.end) !== 'webm') throw new Malformed('it is not WebM');

  const parts = elementsIn(bytes, segment.content, segment.end);
  for (const part of parts) if (!kept.has(part.id)) wipe(bytes, part);
  const duration = durationOf(bytes, only(parts, ids.info));
  return { ...sizeOf(bytes, only(parts, ids.tracks)), ...(duration !== undefined && { duration }) };
}

/** The duration in seconds. It is undefined for a live recording, which doesn't have it. */
function durationOf(bytes: Buffer, info: Element): number | undefined {
  const parts = elementsIn(bytes, info.content, info.end);
  const scale = first(parts, ids.timestampScale);
  const duration = first(parts, ids.duration);
  if (!duration) return undefined;
  const units = floatOf(bytes, duration);
  const seconds = Math.round((units * (scale ? uintOf(bytes, scale) : defaultScale)) / 1e6) / 1000;
  return seconds > 0 && Number.isFinite(seconds) ? seconds : undefined;
}

function sizeOf(bytes: Buffer, tracks: Element): { width: number; height: number } {
  for (const track of elementsIn(bytes, tracks.content, tracks.end)) {
    if (track.id !== ids.trackEntry) continue;
    const parts = elementsIn(bytes, track.content, track.end);
    const video = first(parts, ids.video);
    if (!video || uintOf(bytes, only(parts, ids.trackType)) !== videoTrack) continue;
    const pixels = elementsIn(bytes, video.content, video.end);
    const [width, height] = [ids.pixelWidth, ids.pixelHeight].map((id) => uintOf(bytes, only(pixels, id)));
    if (width && height) return { width, height };
  }
  throw new Malformed('there are no pictures');
}

/**
 * The elements between two positions, which must fill the span exactly. A cluster of unknown size has no known end, so its
 * content is read as elements that follow it.
 */
function elementsIn(bytes: Buffer, start: number, end: number): Element[] {
  const elements: Element[] = [];
  for (let position = start; position < end; ) {
    const element = elementAt(bytes, position, end);
    elements.push(element);
    position = element.id === ids.cluster && element.isOpen ? element.content : element.end;
  }
  return elements;
}

function elementAt(bytes: Buffer, start: number, limit: number): Element {
  const id = vint(bytes, start, limit, 4);
  const size = vint(bytes, id.end, limit, 8);
  if (size.isOpen && id.raw !== ids.segment && id.raw !== ids.cluster) throw new Malformed('an element has no size');
  const end = size.isOpen ? limit : size.end + size.value;
  if (end > limit) throw new Malformed('an element is longer than what it is in');
  return { id: id.raw, start, content: size.end, end, isOpen: size.isOpen };
}

/**
 * Reads an integer of variable length (RFC 8794, section 4). `raw` includes the bit that marks the length, as in ids. `isOpen`
 * means that all bits of the value are set, which stands for an unknown size.
 */
function vint(bytes: Buffer, start: number, limit: number, maxLength: number) {
  const first = start < limit ? bytes.readUInt8(start) : 0;
  const length = Math.clz32(first) - 23;
  const end = start + length;
  if (length > maxLength || end > limit) throw new Malformed('an element is cut off');
  const mask = 0xff >> length;
  const rest = bytes.subarray(start + 1, end);
  const number = (head: number) => rest.reduce((value, byte) => value * 256 + byte, head);
  const isOpen = (first & mask) === mask && rest.every((byte) => byte === 0xff);
  return { raw: number(first), value: number(first & mask), isOpen, end };
}

/** Turns an element into a Void element of the same length, which players skip. */
function wipe(bytes: Buffer, { start, end }: Element): void {
  const length = end - start;
  bytes.fill(0, start, end);
  bytes.writeUInt8(ids.void, start);
  if (length < 9) bytes.writeUInt8(0x80 | (length - 2), start + 1);
  else bytes.writeBigUInt64BE((1n << 56n) | BigInt(length - 9), start + 1);
}

function first(elements: readonly Element[], id: number): Element | undefined {
  return elements.find((element) => element.id === id);
}

function only(elements: readonly Element[], id: number): Element {
  const element = first(elements, id);
  if (!element) throw new Malformed(`there is no element ${id.toString(16)}`);
  return element;
}

function uintOf(bytes: Buffer, { content, end }: Element): number {
  if (end - content > 6) throw new Malformed('a number is too long');
  return end === content ? 0 : bytes.readUIntBE(content, end - content);
}

function floatOf(bytes: Buffer, { content, end }: Element): number {
  if (end - content === 4) return bytes.readFloatBE(content);
  if (end - content === 8) return bytes.readDoubleBE(content);
  throw new Malformed('a number has no such length');
}

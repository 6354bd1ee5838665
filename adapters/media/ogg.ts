import type { Facts } from '#core/media/media.ts';
import { Rejection } from '#core/media/rejection.ts';
import { envelope } from './envelope.ts';
import { secondsOf } from './parts.ts';

/** A codec in Ogg: how its packets of headers begin. The second of them has the comments. */
interface Codec {
  readonly head: string;
  readonly comments: string;
  readonly headers: number;
  /** How many samples a second the positions count, and how many of them are skipped at the start. */
  clock(head: Buffer): { readonly rate: number; readonly skipped: number };
  /** What follows two counts of 0 in a packet without comments. */
  readonly end: readonly number[];
}

const codecs: readonly Codec[] = [
  // RFC 7845, sections 4 and 5. Zeros may follow the comments.
  {
    head: 'OpusHead',
    comments: 'OpusTags',
    headers: 2,
    clock: (head) => ({ rate: 48_000, skipped: head.readUInt16LE(10) }),
    end: [],
  },
  // Vorbis I specification, sections 4.2 and 5. A bit that is set ends the comments.
  {
    head: '\x01vorbis',
    comments: '\x03vorbis',
    headers: 3,
    clock: (head) => ({ rate: head.readUInt32LE(12), skipped: 0 }),
    end: [1],
  },
];
const shortestHead = 19;
/** The length of a page's header without its table of segments, where the checksum is in it, and the flag of a stream's first page. */
const [headerBytes, checksumAt, firstOfStream] = [27, 22, 0x2];

/** The table of the checksum (RFC 3533, section 6): polynomial 0x04c11db7, not reflected, beginning with 0. */
const checksums = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte << 24;
  for (let bit = 0; bit < 8; bit++) sum = (sum << 1) ^ (sum < 0 ? 0x04c11db7 : 0);
  return sum;
});

/**
 * Parses a recording in Ogg (RFC 3533) of one stream, Opus or Vorbis, and overwrites its comments in `bytes`. Throws `Rejection` if the
 * file isn't valid, or has something else.
 */
export function cleanOgg(bytes: Buffer): Omit<Facts, 'size'> {
  const sound = envelope();
  const serial = uint32(14);
  let codec: Codec | undefined;
  let head = bytes;
  // The number of the packet, how much of it was seen, and the position in the sound.
  let [packet, length, position] = [0, 0, 0];

  for (let start = 0; start < bytes.length; ) {
    if (bytes.toString('latin1', start, start + 4) !== 'OggS') throw damaged('there is something else than pages');
    const isFirst = (byte(start + 5) & firstOfStream) !== 0;
    if (uint32(start + 14) !== serial || isFirst !== (start === 0))
      throw new Rejection('unsupported', 'it has more than one stream');
    position = Math.max(position, Number(bytes.readBigInt64LE(start + 6)));
    const [hadComments, lacing] = [packet < 2, start + headerBytes];
    const body = lacing + byte(lacing - 1);
    let end = body;
    for (let segment = lacing; segment < body; segment++) {
      const size = byte(segment);
      if (end + size > bytes.length) throw damaged('a page is cut off');
      seeSegment(end, size);
      end += size;
    }
    if (hadComments) sign(start, end);
    start = end;
  }
  if (!codec || packet <= codec.headers) throw damaged('there is no sound');
  const { rate, skipped } = codec.clock(head);
  const duration = secondsOf((position - skipped) / rate);
  return { waveform: sound.waveform(), ...(duration !== undefined && { duration }) };

  /** Sees up to 255 bytes of a packet, which ends with a segment that has fewer. */
  function seeSegment(start: number, size: number): void {
    if (packet === 0 && length === 0) seeHead(start, size);
    if (packet === 1) eraseComments(start, size);
    length += size;
    if (size === 255) return;
    if (codec && packet >= codec.headers) sound.add(length);
    packet += 1;
    length = 0;
  }

  function seeHead(start: number, size: number): void {
    head = bytes.subarray(start, start + size);
    codec = codecs.find((one) => head.length >= shortestHead && one.head === textAt(start, one.head));
    if (!codec) throw new Rejection('unsupported', 'its codec is neither Opus nor Vorbis');
  }

  /** Overwrites a part of the comments with those of a file that has none, and with zeros. */
  function eraseComments(start: number, size: number): void {
    if (!codec) throw damaged('there is no head');
    const none = Buffer.concat([Buffer.from(codec.comments, 'latin1'), Buffer.alloc(8), Buffer.from(codec.end)]);
    if (length === 0 && (size < none.length || textAt(start, codec.comments) !== codec.comments))
      throw damaged('there are no comments');
    bytes.fill(0, start, start + size);
    none.copy(bytes, start, Math.min(length, none.length), Math.min(length + size, none.length));
  }

  /** Writes the checksum of a page. */
  function sign(start: number, end: number): void {
    bytes.fill(0, start + checksumAt, start + checksumAt + 4);
    let sum = 0;
    for (let at = start; at < end; at++) sum = (sum << 8) ^ (checksums[(sum >>> 24) ^ byte(at)] ?? 0);
    bytes.writeUInt32LE(sum >>> 0, start + checksumAt);
  }

  function textAt(start: number, { length: letters }: string): string {
    return bytes.toString('latin1', start, start + letters);
  }

  function byte(at: number): number {
    const value = bytes[at];
    if (value === undefined) throw damaged('a page is cut off');
    return value;
  }

  function uint32(at: number): number {
    byte(at + 3);
    return bytes.readUInt32LE(at);
  }
}

function damaged(message: string): Rejection {
  return new Rejection('damaged', message);
}

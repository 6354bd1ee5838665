import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';

/** Files for uploads. They are written byte by byte if no library can create them. */

/** A file of `test/fixtures/media`. */
export const fixture = (name: string): Buffer =>
  readFileSync(join(import.meta.dirname, '..', 'fixtures', 'media', name));

export function picture(width = 64, height = 48): Sharp {
  return sharp({ create: { width, height, channels: 3, background: '#e07020' } });
}

/** A photo as phones take it: turned on its side by its metadata, and with a location. */
export function photo(width = 64, height = 48): Promise<Buffer> {
  return picture(width, height)
    .withExif({
      IFD0: { Orientation: '6', Model: 'Camera of Ann' },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '52/1 31/1 12/1',
        GPSLongitudeRef: 'E',
        GPSLongitude: '13/1 24/1 18/1',
      },
    })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
}

export async function animation(frames = 3, width = 32, height = 24): Promise<Buffer> {
  const colours = ['#f00', '#0f0', '#00f', '#ff0', '#0ff'];
  const page = (i: number) => sharp({ create: { width, height, channels: 3, background: colours[i % 5] ?? '#fff' } });
  const pages = await Promise.all(Array.from({ length: frames }, (_, i) => page(i).png().toBuffer()));
  return sharp(pages, { join: { animated: true } })
    .gif({ delay: pages.map(() => 100) })
    .toBuffer();
}

const uint32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

export const box = (type: string, ...content: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(content);
  return Buffer.concat([uint32(8 + body.length), Buffer.from(type, 'latin1'), body]);
};

/** A chunk of RIFF, of which WebP files consist. */
export function webpChunk(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([Buffer.from(type, 'latin1'), length, body, Buffer.alloc(body.length % 2)]);
}

const upright = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];
const onItsSide = [0, 0x1_0000, 0, -0x1_0000 >>> 0, 0, 0, 0, 0, 0x4000_0000];

function track(handler: 'vide' | 'soun' | 'meta', width: number, height: number, matrix: readonly number[]): Buffer {
  const tkhd = Buffer.concat([
    Buffer.alloc(40),
    ...matrix.map(uint32),
    uint32(width * 0x1_0000),
    uint32(height * 0x1_0000),
  ]);
  const hdlr = box('hdlr', Buffer.alloc(8), Buffer.from(handler, 'latin1'), Buffer.alloc(13));
  return box('trak', box('tkhd', tkhd), box('mdia', box('mdhd', Buffer.alloc(24)), hdlr, box('minf')), secret('udta'));
}

/** The location of a video, as cameras write it. */
const secret = (type: string) => box(type, box('\u00a9xyz', Buffer.from('+52.5200+013.4050/')));

interface Film {
  readonly brand?: 'isom' | 'qt  ' | '3gp5' | 'M4V ';
  readonly width?: number;
  readonly height?: number;
  readonly seconds?: number;
  readonly turned?: boolean;
}

/** An MP4 or QuickTime file without decodable video, with a location in all places where there may be one. */
export function film({ brand = 'isom', width = 640, height = 360, seconds = 2.5, turned = false }: Film = {}): Buffer {
  const mvhd = Buffer.concat([Buffer.alloc(12), uint32(600), uint32(600 * seconds), Buffer.alloc(80)]);
  const tracks = [
    track('vide', width, height, turned ? onItsSide : upright),
    track('soun', 0, 0, upright),
    track('meta', 0, 0, upright),
  ];
  return Buffer.concat([
    box('ftyp', Buffer.from(brand, 'latin1'), uint32(512), Buffer.from(brand, 'latin1')),
    box('moov', box('mvhd', mvhd), ...tracks, secret('udta'), secret('meta')),
    box('uuid', Buffer.alloc(16), Buffer.from('+52.5200+013.4050/')),
    box('mdat', Buffer.alloc(4096, 7)),
  ]);
}

export function element(id: number, ...content: readonly (Buffer | number)[]): Buffer {
  const body = Buffer.concat(content.map((part) => (typeof part === 'number' ? uint32(part) : part)));
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE((1n << 56n) | BigInt(body.length));
  return Buffer.concat([idBytes(id), size, body]);
}

function idBytes(id: number): Buffer {
  return Buffer.from(id.toString(16), 'hex');
}

const openSize = Buffer.from('01ffffffffffffff', 'hex');

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
}

interface Clip {
  readonly width?: number;
  readonly height?: number;
  readonly seconds?: number;
  /** Whether it is like a browser's recording, without sizes and duration. */
  readonly live?: boolean;
}

/** A WebM file without decodable video, with a location in its tags. */
export function clip({ width = 320, height = 240, seconds = 1.5, live = false }: Clip = {}): Buffer {
  const info = element(
    0x1549a966,
    element(0x2ad7b1, 1_000_000),
    ...(live ? [] : [element(0x4489, double(seconds * 1000))]),
  );
  const video = element(0xe0, element(0xb0, width), element(0xba, height));
  const tracks = element(0x1654ae6b, element(0xae, element(0x83, 2)), element(0xae, element(0x83, 1), video));
  const block = element(0xa3, Buffer.alloc(256, 7));
  const cluster = [element(0xe7, 0), block];
  const tags = element(0x1254c367, Buffer.from('LOCATION=+52.5200+013.4050/'));
  const header = element(0x1a45dfa3, element(0x4282, Buffer.from('webm')));
  if (!live) return Buffer.concat([header, element(0x18538067, info, tracks, tags, element(0x1f43b675, ...cluster))]);
  const clusters = [1, 2].flatMap(() => [idBytes(0x1f43b675), openSize, ...cluster]);
  return Buffer.concat([header, idBytes(0x18538067), openSize, info, tracks, tags, ...clusters]);
}

import { promisify } from 'node:util';
import { crc32, deflate, inflate } from 'node:zlib';
import { Rejection } from '#core/media/rejection.ts';
import { limits } from '#protocol/limits.ts';
import { cleanProfile } from './icc.ts';
import { partCounter } from './parts.ts';

const [inflated, deflated] = [promisify(inflate), promisify(deflate)];
const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
/** What a decoder may find behind the last row. libpng only warns of it. */
const spareBytes = 65_536;
const longestProfile = 4 * 1024 * 1024;

/**
 * The chunks that are copied, with the most bytes that each may have (PNG specification, third edition, section 11): palette and
 * transparency, colours (of HDR, too), and the size of a pixel.
 */
const copied: Readonly<Record<string, number>> = {
  PLTE: 768,
  tRNS: 256,
  gAMA: 4,
  cHRM: 32,
  sRGB: 1,
  sBIT: 4,
  cICP: 4,
  mDCV: 24,
  cLLI: 8,
  bKGD: 6,
  pHYs: 9,
};

interface Frame {
  /** The content of `fcTL` behind its number. The picture itself has none if it isn't part of the animation. */
  readonly control: Buffer | undefined;
  readonly width: number;
  readonly height: number;
  readonly parts: Buffer[];
}

/** Reads one chunk of a PNG, the first one of this type. */
export function pngChunk(bytes: Buffer, wanted: string): Buffer | undefined {
  for (const { type, body } of chunksOf(bytes)) if (type === wanted) return body;
  return undefined;
}

/** A chunk with its length and checksum. */
export function chunk(type: string, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), ...content]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(body.length - 4);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}

/**
 * Writes a PNG anew from its rows, compressed again: nothing is left but pixels, colours and the times of an animation. So it has the same
 * palette, depth and frames, which libvips would lose. Throws `Rejection` if a row of it is missing, or if it has too many frames or pixels.
 */
export async function rewritePng(bytes: Buffer): Promise<Buffer> {
  const header = pngChunk(bytes, 'IHDR');
  if (header?.length !== 13) throw damaged('there is no header');
  const [frames, before] = [[] as Frame[], new Map<string, Buffer>()];
  let picture: Frame | undefined;
  let control: Buffer | undefined;
  for (const { type, body } of chunksOf(bytes)) {
    if (type === 'fcTL') {
      control = body.subarray(4);
      if (picture) frames.push(frameOf(header, control));
    } else if (type === 'IDAT') {
      if (!picture) {
        picture = frameOf(header, control);
        frames.push(picture);
      }
      picture.parts.push(body);
    } else if (type === 'fdAT') frames.at(-1)?.parts.push(body.subarray(4));
    else if (type === 'iCCP') before.set(type, await profileOf(body));
    else if (!picture && !before.has(type) && body.length <= (copied[type] ?? -1)) before.set(type, body);
  }
  if (!picture) throw damaged('there are no pixels');
  assertFew(frames);
  const moving = frames.filter((frame) => frame.control !== undefined);
  const out = [signature, chunk('IHDR', header)];
  if (moving.length > 0) out.push(chunk('acTL', uint32(moving.length), playsOf(bytes)));
  for (const [type, body] of before) if (body.length > 0) out.push(chunk(type, body));
  let number = 0;
  for (const frame of frames) {
    if (frame.control) out.push(chunk('fcTL', uint32(number++), frame.control));
    const pixels = await pixelsOf(header, frame);
    out.push(frame === picture ? chunk('IDAT', pixels) : chunk('fdAT', uint32(number++), pixels));
  }
  return Buffer.concat([...out, chunk('IEND')]);
}

function* chunksOf(bytes: Buffer): Generator<{ type: string; body: Buffer }> {
  const count = partCounter();
  for (let at = signature.length; ; ) {
    count();
    if (at + 12 > bytes.length) throw damaged('a PNG has no end');
    const [length, type] = [bytes.readUInt32BE(at), bytes.toString('latin1', at + 4, at + 8)];
    if (type === 'IEND') return;
    if (at + 12 + length > bytes.length) throw damaged('a chunk is cut off');
    yield { type, body: bytes.subarray(at + 8, at + 8 + length) };
    at += 12 + length;
  }
}

function frameOf(header: Buffer, control: Buffer | undefined): Frame {
  const [across, down] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  if (!control) return { control, width: across, height: down, parts: [] };
  if (control.length !== 22) throw damaged('a frame has no size');
  const [width = 0, height = 0, x = 0, y = 0] = [0, 4, 8, 12].map((at) => control.readUInt32BE(at));
  if (width === 0 || height === 0 || x + width > across || y + height > down) throw damaged('a frame is outside');
  return { control, width, height, parts: [] };
}

function assertFew(frames: readonly Frame[]): void {
  if (frames.length > limits.imageFrames) throw new Rejection('too_slow', `it has ${frames.length} frames`);
  const pixels = frames.reduce((sum, { width, height }) => sum + width * height, 0);
  if (pixels > limits.sourcePixels) throw new Rejection('too_many_pixels', `its frames have ${pixels} pixels`);
}

/** How often an animation plays: 0 for ever. */
function playsOf(bytes: Buffer): Buffer {
  return Buffer.from(pngChunk(bytes, 'acTL')?.subarray(4, 8) ?? Buffer.alloc(4));
}

/** Decompresses the rows of a frame, checks that they are rows and all there, and compresses them again. */
async function pixelsOf(header: Buffer, { width, height, parts }: Frame): Promise<Buffer> {
  const channels = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[header.readUInt8(9)];
  if (channels === undefined) throw damaged('a PNG has no such colours');
  const bits = channels * header.readUInt8(8);
  const passes = header.readUInt8(12) === 1 ? interlaced(width, height) : [[width, height] as const];
  const rows = passes.map(([across, down]) => [across && down, 1 + Math.ceil((across * bits) / 8)] as const);
  const length = rows.reduce((sum, [count, bytes]) => sum + count * bytes, 0);
  const all = await inflated(Buffer.concat(parts), { maxOutputLength: length + spareBytes }).catch((error) => {
    throw damaged(String(error));
  });
  if (all.length < length) throw damaged('rows of pixels are missing');
  let at = 0;
  // Each row begins with the number of its filter, 0 to 4.
  for (const [count, bytes] of rows)
    for (let row = 0; row < count; row++, at += bytes) if (all.readUInt8(at) > 4) throw damaged('a row has no filter');
  return deflated(all.subarray(0, length));
}

/** The sizes of the seven pictures of an interlaced one (section 8.1): where each begins, and how far its pixels are apart. */
function interlaced(width: number, height: number): (readonly [number, number])[] {
  const [x, dx, y, dy] = [
    [0, 4, 0, 2, 0, 1, 0],
    [8, 8, 4, 4, 2, 2, 1],
    [0, 0, 4, 0, 2, 0, 1],
    [8, 8, 8, 4, 4, 2, 2],
  ];
  const count = (size: number, from = 0, step = 1) => Math.max(0, Math.ceil((size - from) / step));
  return Array.from({ length: 7 }, (_, i) => [count(width, x?.[i], dx?.[i]), count(height, y?.[i], dy?.[i])]);
}

/** A colour profile without texts, in a chunk `iCCP`, or nothing if it can't be read. */
async function profileOf(body: Buffer): Promise<Buffer> {
  const compressed = body.subarray(body.indexOf(0) + 2);
  const profile = await inflated(compressed, { maxOutputLength: longestProfile }).catch(() => undefined);
  const clean = profile && cleanProfile(profile);
  return clean ? Buffer.concat([Buffer.from('profile\0\0', 'latin1'), await deflated(clean)]) : Buffer.alloc(0);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function damaged(message: string): Rejection {
  return new Rejection('damaged', message);
}

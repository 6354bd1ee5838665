import sharp, { type Sharp } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import type { Facts } from '#core/media/media.ts';
import type { Thumbnail } from '#core/media/ports.ts';
import { Rejection } from '#core/media/rejection.ts';
import { limits } from '#protocol/limits.ts';
import type { MediaType } from '#protocol/media.ts';
import { asStill, cleanAvif } from './avif.ts';
import { rewritePng } from './png.ts';
import { turned } from './turned.ts';
import { isLosslessWebp } from './webp.ts';

// libvips can read many more formats. Only those that may be uploaded are allowed.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Nsgif', 'Webp', 'Heif'].map((format) => `VipsForeignLoad${format}`),
});
// The function handles one image at a time and never the same one again, so a cache would only take memory.
sharp.cache(false);

/**
 * How an image of each type is encoded again: with no visible loss, and fast enough for the function's timeout. What was lossless stays so;
 * drawings and screenshots would get larger otherwise.
 */
const encoders: Readonly<Partial<Record<MediaType, (image: Sharp, source: Buffer) => Sharp>>> = {
  'image/jpeg': (image) => image.jpeg({ quality: 88 }),
  'image/png': (image) => image.png(),
  // With the palette of the source libvips has one colour less.
  'image/gif': (image) => image.gif({ reuse: false }),
  'image/webp': (image, source) => image.webp({ quality: 88, effort: 3, lossless: isLosslessWebp(source) }),
  'image/avif': (image) => image.avif({ quality: 60, effort: 1 }),
};

const thumbnailQuality = 75;
/** The longest side of an image that thumbhash accepts. */
const hashedPixels = 100;
/** After this libvips gives up, so that nothing of a file goes on beside the next one. */
const decodeSeconds = 30;

/** A cleaned image and its thumbnail. The facts are those of the cleaned image. */
export interface CleanImage extends Facts {
  readonly original: Buffer;
  readonly thumbnail: Buffer;
}

/**
 * Writes an image anew, so that no metadata remains, upright and with at most `limits.imagePixels`. It is encoded again from its pixels,
 * unless it is a PNG or an AVIF that needs no change: these are written anew as they are encoded, as libvips would lose their frames,
 * depth and colours (docs/decisions/0118). Throws `Rejection` if the image can't be decoded or has more than `limits.sourcePixels`.
 */
export async function cleanImage(bytes: Buffer, contentType: MediaType): Promise<CleanImage> {
  const encode = encoders[contentType] ?? notAnImage;
  return decoding(async () => {
    const readable = asStill(bytes);
    const measures = await measured(readable);
    const { data: original, info } = await rewritten();
    const { bytes: thumbnail, thumbhash } = await thumbnailOf(read(asStill(original)));
    return {
      original,
      thumbnail,
      size: original.length,
      width: info.width,
      // In an animation, `height` is the sum over all frames.
      height: info.pageHeight ?? info.height,
      thumbhash,
    };

    /** Decoding for the thumbnail shows whether what wasn't decoded here is whole. */
    async function rewritten(): Promise<Rewritten> {
      const { frames, orientation, side, isScaled } = measures;
      if (contentType === 'image/png' && orientation === 1 && !isScaled) {
        const data = await rewritePng(bytes);
        return { data, info: await sharp(data).metadata() };
      }
      if (contentType === 'image/avif' && !isScaled) {
        const data = cleanAvif(bytes);
        return { data, info: await sharp(asStill(data)).metadata() };
      }
      const small = read(readable, { animated: true }).resize(side, side, inside);
      const upright = frames > 1 && orientation > 1 ? await turned(small, orientation) : small.autoOrient();
      return encode(upright, bytes).toBuffer({ resolveWithObject: true });
    }
  });
}

/**
 * Makes the thumbnail of a video from the still that was uploaded as one. Throws `Rejection` if it can't be decoded or has more than
 * `limits.thumbnailSourcePixels`.
 */
export function cleanStill(bytes: Buffer): Promise<Thumbnail> {
  return decoding(() => thumbnailOf(read(bytes, { limitInputPixels: limits.thumbnailSourcePixels }).autoOrient()));
}

async function thumbnailOf(image: Sharp): Promise<Thumbnail> {
  const bytes = await image
    .resize(limits.thumbnailPixels, limits.thumbnailPixels, inside)
    .webp({ quality: thumbnailQuality })
    .toBuffer();
  const { data, info } = await read(bytes)
    .resize(hashedPixels, hashedPixels, inside)
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const hash = rgbaToThumbHash(info.width, info.height, data);
  return { bytes, contentType: 'image/webp', thumbhash: Buffer.from(hash).toString('base64') };
}

function notAnImage(): never {
  throw new Rejection('unsupported', 'it is no image');
}

interface Rewritten {
  readonly data: Buffer;
  readonly info: { readonly width: number; readonly height: number; readonly pageHeight?: number | undefined };
}

const inside = { fit: 'inside', withoutEnlargement: true } as const;

/**
 * Crops the middle of an image to squares in WebP, by the length of their sides in pixels. Throws `Rejection`, as `cleanImage`
 * does.
 */
export function cropAvatar(bytes: Buffer): Promise<ReadonlyMap<number, Buffer>> {
  return decoding(async () => {
    const readable = asStill(bytes);
    await measured(readable);
    const squares = limits.avatarPixels.map(async (side) => {
      const square = read(readable).autoOrient().resize(side, side, { fit: 'cover' }).webp({ quality: 82 });
      return [side, await square.toBuffer()] as const;
    });
    return new Map(await Promise.all(squares));
  });
}

interface Measures {
  readonly frames: number;
  /** 1 to 8, as in EXIF. */
  readonly orientation: number;
  /** The longer side of a frame, once all frames together have no more than `limits.imagePixels`. */
  readonly side: number;
  readonly isScaled: boolean;
}

/** Reads the header of an image. Throws `Rejection` if the image is too large to be decoded. */
async function measured(bytes: Buffer): Promise<Measures> {
  const header = await sharp(bytes, { animated: true, limitInputPixels: false, failOn: 'error' }).metadata();
  const { width, height: whole, pageHeight: height = whole, pages: frames = 1, orientation = 1 } = header;
  const pixels = width * height * frames;
  const side = Math.max(width, height);
  if (side > limits.imageSide || pixels > limits.sourcePixels)
    throw new Rejection('too_many_pixels', `it is ${width} × ${height}, ${frames} times`);
  const scale = Math.min(1, Math.sqrt(limits.imagePixels / pixels));
  return { frames, orientation, side: Math.floor(side * scale), isScaled: scale < 1 };
}

function read(bytes: Buffer, options: { animated?: boolean; limitInputPixels?: number } = {}): Sharp {
  const image = sharp(bytes, { limitInputPixels: limits.sourcePixels, failOn: 'error', ...options });
  return image.timeout({ seconds: decodeSeconds });
}

/** Turns errors of libvips into `Rejection`, since they mean that it can't read the file. */
async function decoding<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Rejection) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new Rejection(message.startsWith('timeout:') ? 'too_slow' : 'damaged', message);
  }
}

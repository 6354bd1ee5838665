import sharp, { type Sharp } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import type { Facts } from '#core/media/media.ts';
import { Rejection } from '#core/media/rejection.ts';
import { limits } from '#protocol/limits.ts';
import type { MediaType } from '#protocol/media.ts';
import { turned } from './turned.ts';

// libvips can read many more formats. Only those that may be uploaded are allowed.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Nsgif', 'Webp', 'Heif'].map((format) => `VipsForeignLoad${format}`),
});
// The function handles one image at a time and never the same one again, so a cache would only take memory.
sharp.cache(false);

/** How an image of each type is encoded again: with no visible loss, and fast enough for the function's timeout. */
const encoders: Readonly<Partial<Record<MediaType, (image: Sharp) => Sharp>>> = {
  'image/jpeg': (image) => image.jpeg({ quality: 88 }),
  'image/png': (image) => image.png(),
  'image/gif': (image) => image.gif(),
  'image/webp': (image) => image.webp({ quality: 88, effort: 3 }),
  'image/avif': (image) => image.avif({ quality: 60, effort: 1 }),
};

const thumbnailQuality = 75;
/** The longest side of an image that thumbhash accepts. */
const hashedPixels = 100;
/** After this libvips gives up, so that nothing of a file goes on beside the next one. */
const decodeSeconds = 30;

/** A cleaned image and its thumbnail in WebP. The facts are those of the cleaned image. */
export interface CleanImage extends Facts {
  readonly original: Buffer;
  readonly thumbnail: Buffer;
}

/**
 * Encodes an image again from its pixels, turned upright, so that no metadata remains, and with at most `limits.imagePixels`. Throws
 * `Rejection` if the image can't be decoded or has more than `limits.sourcePixels`.
 */
export async function cleanImage(bytes: Buffer, contentType: MediaType): Promise<CleanImage> {
  const encode = encoders[contentType];
  if (!encode) throw new Rejection('unsupported', 'it is no image');
  return decoding(async () => {
    const { frames, orientation, side } = await measured(bytes);
    const isTurnedFilm = frames > 1 && orientation > 1;
    const small = read(bytes, { animated: true }).resize(side, side, inside);
    const upright = isTurnedFilm ? await turned(small, orientation) : small.autoOrient();
    const { data: original, info } = await encode(upright).toBuffer({ resolveWithObject: true });
    const thumbnail = await read(original)
      .resize(limits.thumbnailPixels, limits.thumbnailPixels, inside)
      .webp({ quality: thumbnailQuality })
      .toBuffer();
    const pixels = await read(thumbnail)
      .resize(hashedPixels, hashedPixels, inside)
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const hash = rgbaToThumbHash(pixels.info.width, pixels.info.height, pixels.data);
    return {
      original,
      thumbnail,
      size: original.length,
      width: info.width,
      // In an animation, `height` is the sum over all frames.
      height: info.pageHeight ?? info.height,
      thumbhash: Buffer.from(hash).toString('base64'),
    };
  });
}

const inside = { fit: 'inside', withoutEnlargement: true } as const;

/**
 * Crops the middle of an image to squares in WebP, by the length of their sides in pixels. Throws `Rejection`, as `cleanImage`
 * does.
 */
export function cropAvatar(bytes: Buffer): Promise<ReadonlyMap<number, Buffer>> {
  return decoding(async () => {
    await measured(bytes);
    const squares = limits.avatarPixels.map(async (side) => {
      const square = read(bytes).autoOrient().resize(side, side, { fit: 'cover' }).webp({ quality: 82 });
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
}

/** Reads the header of an image. Throws `Rejection` if the image is too large to be decoded. */
async function measured(bytes: Buffer): Promise<Measures> {
  const header = await sharp(bytes, { animated: true, limitInputPixels: false, failOn: 'error' }).metadata();
  const { width, height: whole, pageHeight: height = whole, pages: frames = 1, orientation = 1 } = header;
  const pixels = width * height * frames;
  const side = Math.max(width, height);
  if (side > limits.imageSide || pixels > limits.sourcePixels)
    throw new Rejection('too_many_pixels', `it is ${width} × ${height}, ${frames} times`);
  return { frames, orientation, side: Math.floor(side * Math.min(1, Math.sqrt(limits.imagePixels / pixels))) };
}

function read(bytes: Buffer, options: { animated?: boolean } = {}): Sharp {
  const image = sharp(bytes, { ...options, limitInputPixels: limits.sourcePixels, failOn: 'error' });
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

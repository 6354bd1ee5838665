import sharp, { type Sharp } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { Malformed } from '#core/media/malformed.ts';
import type { Facts } from '#core/media/media.ts';
import { limits } from '#protocol/limits.ts';
import type { MediaType } from '#protocol/media.ts';

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

/** A cleaned image and its thumbnail in WebP. The facts are those of the cleaned image. */
export interface CleanImage extends Facts {
  readonly original: Buffer;
  readonly thumbnail: Buffer;
}

/**
 * Encodes an image again from its pixels, turned upright, so that no metadata remains. Throws `Malformed` if the image can't be
 * decoded or has more than `limits.imagePixels`.
 */
export async function cleanImage(bytes: Buffer, contentType: MediaType): Promise<CleanImage> {
  const encode = encoders[contentType];
  if (!encode) throw new Malformed('it is no image');
  return decoding(async () => {
    const { data: original, info } = await encode(read(bytes, { animated: true }).autoOrient()).toBuffer({
      resolveWithObject: true,
    });
    const still = read(bytes).autoOrient();
    const inside = { fit: 'inside', withoutEnlargement: true } as const;
    const [thumbnail, pixels] = await Promise.all([
      still
        .clone()
        .resize(limits.thumbnailPixels, limits.thumbnailPixels, inside)
        .webp({ quality: thumbnailQuality })
        .toBuffer(),
      still
        .clone()
        .resize(hashedPixels, hashedPixels, inside)
        .ensureAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true }),
    ]);
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

/**
 * Crops the middle of an image to squares in WebP, by the length of their sides in pixels. Throws `Malformed`, as `cleanImage`
 * does.
 */
export function cropAvatar(bytes: Buffer): Promise<ReadonlyMap<number, Buffer>> {
  return decoding(async () => {
    const squares = limits.avatarPixels.map(async (side) => {
      const square = read(bytes).autoOrient().resize(side, side, { fit: 'cover' }).webp({ quality: 82 });
      return [side, await square.toBuffer()] as const;
    });
    return new Map(await Promise.all(squares));
  });
}

function read(bytes: Buffer, options: { animated?: boolean } = {}): Sharp {
  return sharp(bytes, { ...options, limitInputPixels: limits.imagePixels, failOn: 'error' });
}

/** Turns errors of libvips into `Malformed`, since they mean that it can't read the file. */
async function decoding<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw new Malformed(error instanceof Error ? error.message : String(error));
  }
}

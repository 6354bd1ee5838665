import sharp, { type Sharp } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { Malformed } from '#core/media/malformed.ts';
import type { Facts } from '#core/media/media.ts';
import { limits } from '#protocol/limits.ts';
import type { MediaType } from '#protocol/media.ts';

// Only what may be uploaded is ever read, whatever else libvips can do.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Nsgif', 'Webp', 'Heif'].map((format) => `VipsForeignLoad${format}`),
});
// A function has one image at a time, and never the same one again.
sharp.cache(false);

/** How an image is written again: to the eye as it was, in a time that a function has. */
const encoders: Readonly<Partial<Record<MediaType, (image: Sharp) => Sharp>>> = {
  'image/jpeg': (image) => image.jpeg({ quality: 88 }),
  'image/png': (image) => image.png(),
  'image/gif': (image) => image.gif(),
  'image/webp': (image) => image.webp({ quality: 88, effort: 3 }),
  'image/avif': (image) => image.avif({ quality: 60, effort: 1 }),
};

const thumbnailQuality = 75;
/** The most that thumbhash takes. */
const hashedPixels = 100;

export interface CleanImage extends Facts {
  readonly original: Buffer;
  readonly thumbnail: Buffer;
}

/** The image of its pixels alone, upright: nothing that stood beside them is left. Throws `Malformed`. */
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
      // Frames are below one another.
      height: info.pageHeight ?? info.height,
      thumbhash: Buffer.from(hash).toString('base64'),
    };
  });
}

/** An avatar: the middle of the image as WebP squares, by their sides. Throws `Malformed`. */
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

/** What libvips can't read is not our fault. */
async function decoding<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw new Malformed(error instanceof Error ? error.message : String(error));
  }
}

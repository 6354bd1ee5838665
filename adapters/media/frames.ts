import { Rejection } from '#core/media/rejection.ts';
import { limits } from '#protocol/limits.ts';
import type { MediaType } from '#protocol/media.ts';
import { gifFrames } from './gif.ts';
import { webpFrames } from './webp.ts';

/**
 * Throws `Rejection` if an animation has more than `limits.imageFrames`. libwebp looks for each frame from the beginning, so that the time
 * for tiny ones grows with the square of their number; libvips does that as soon as it opens the file.
 */
export function assertFewFrames(bytes: Buffer, contentType: MediaType): void {
  const frames = contentType === 'image/gif' ? gifFrames(bytes) : contentType === 'image/webp' ? webpFrames(bytes) : 1;
  if (frames > limits.imageFrames) throw new Rejection('too_slow', `it has ${frames} frames`);
}

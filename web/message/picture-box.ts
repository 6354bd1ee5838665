import { limits } from '#protocol/limits.ts';
import type { Attachment } from '#protocol/media.ts';

/** The least width and height of a picture in a message, in px: room for the time, and for a finger. */
const [leastWidth, leastHeight] = [120, 72];

export interface Box {
  /** In px. */
  readonly width: number;
  readonly height: number;
}

/** The space of a single picture or film in a message. It is known before the file is loaded, so that nothing moves afterwards. */
export function pictureBox({ width = 16, height = 9, contentType }: Attachment): Box {
  const largest = limits.thumbnailPixels / Math.max(width, height);
  // A picture isn't enlarged.
  const scale = contentType.startsWith('video/') ? largest : Math.min(1, largest);
  return {
    width: Math.max(leastWidth, Math.round(width * scale)),
    height: Math.max(leastHeight, Math.round(height * scale)),
  };
}

/** Whether a picture is smaller than thumbnails are. It isn't enlarged. */
export function isTiny({ width = 0, height = 0 }: Attachment): boolean {
  return Math.max(width, height) < limits.thumbnailPixels;
}

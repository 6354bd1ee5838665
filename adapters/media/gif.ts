import { Rejection } from '#core/media/rejection.ts';

const headerLength = 13;
const [extension, image, trailer] = [0x21, 0x2c, 0x3b];

/**
 * Counts the frames of a GIF (CompuServe, GIF89a specification). Throws `Rejection` if one isn't complete. libvips doesn't notice that:
 * it decodes a truncated GIF as far as it goes. The trailer behind the last frame may be missing, as some programs don't write it.
 */
export function gifFrames(bytes: Buffer): number {
  let position = headerLength + colorTable(byte(bytes, 10));
  for (let frames = 0; ; ) {
    if (frames > 0 && position === bytes.length) return frames;
    const block = byte(bytes, position);
    if (block === trailer) return frames;
    if (block === extension) position += 2;
    // An image descriptor has 10 bytes. The color table and the code size of the data follow.
    else if (block === image) {
      frames += 1;
      position += 11 + colorTable(byte(bytes, position + 9));
    } else throw new Rejection('damaged', 'a GIF has a block of no known kind');
    for (let length = byte(bytes, position); length > 0; length = byte(bytes, position)) position += 1 + length;
    position += 1;
  }
}

/** The size in bytes of the color table that is described by the flags of the screen or an image. */
function colorTable(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

function byte(bytes: Buffer, position: number): number {
  const value = bytes[position];
  if (value === undefined) throw new Rejection('damaged', 'a GIF is cut off');
  return value;
}

import { Malformed } from '#core/media/malformed.ts';

const headerLength = 13;
const [extension, image, trailer] = [0x21, 0x2c, 0x3b];

/**
 * Throws `Malformed` if a GIF (CompuServe, GIF89a specification) isn't complete up to its trailer. libvips doesn't notice that:
 * it decodes a truncated GIF as far as it goes.
 */
export function assertWholeGif(bytes: Buffer): void {
  let position = headerLength + colorTable(byte(bytes, 10));
  for (;;) {
    const block = byte(bytes, position);
    if (block === trailer) return;
    if (block === extension) position += 2;
    // An image descriptor has 10 bytes. The color table and the code size of the data follow.
    else if (block === image) position += 11 + colorTable(byte(bytes, position + 9));
    else throw new Malformed('a GIF has a block of no known kind');
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
  if (value === undefined) throw new Malformed('a GIF is cut off');
  return value;
}

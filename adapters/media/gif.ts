import { Malformed } from '#core/media/malformed.ts';

const headerLength = 13;
const [extension, image, trailer] = [0x21, 0x2c, 0x3b];

/** Walks through a GIF (CompuServe, GIF89a specification) to its trailer: libvips shows one that is cut off as far as it goes. */
export function assertWholeGif(bytes: Buffer): void {
  let position = headerLength + colorTable(byte(bytes, 10));
  for (;;) {
    const block = byte(bytes, position);
    if (block === trailer) return;
    if (block === extension) position += 2;
    // Its place and size, its colours, and the size of its codes.
    else if (block === image) position += 11 + colorTable(byte(bytes, position + 9));
    else throw new Malformed('a GIF has a block of no known kind');
    for (let length = byte(bytes, position); length > 0; length = byte(bytes, position)) position += 1 + length;
    position += 1;
  }
}

/** Bytes of the table that the flags of a screen or image announce. */
function colorTable(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

function byte(bytes: Buffer, position: number): number {
  const value = bytes[position];
  if (value === undefined) throw new Malformed('a GIF is cut off');
  return value;
}

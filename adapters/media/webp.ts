/** Counts the frames of an animation; a still picture has none. */
export function webpFrames(bytes: Buffer): number {
  let frames = 0;
  for (const { type } of chunksOf(bytes)) if (type === 'ANMF') frames += 1;
  return frames;
}

/** Whether a picture, or each frame, was encoded without loss. */
export function isLosslessWebp(bytes: Buffer): boolean {
  const kinds = new Set<string>();
  // A frame has its chunks inside, behind its own head of 8 bytes and 16 bytes more (RFC 9649, section 2.7.1.1).
  for (const { type, start } of chunksOf(bytes))
    kinds.add(type === 'ANMF' ? bytes.toString('latin1', start + 24, start + 28) : type);
  return kinds.has('VP8L') && !kinds.has('VP8 ') && !kinds.has('ALPH');
}

/** The chunks of a WebP (RFC 9649, section 2.3), and where each starts. They have an even length. */
function* chunksOf(bytes: Buffer): Generator<{ type: string; start: number }> {
  for (let start = 12; start + 8 <= bytes.length; ) {
    yield { type: bytes.toString('latin1', start, start + 4), start };
    const length = bytes.readUInt32LE(start + 4);
    start += 8 + length + (length & 1);
  }
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frameInspector, type Violation } from '../../websocket-api/frames.ts';

const KB = 1024;

/** A client's frame as RFC 6455, section 5.2, has it, with a payload of zeros. */
function frame(opcode: number, bytes: number, fin = true): Buffer {
  const first = (fin ? 0x80 : 0) | opcode;
  const mask = [1, 2, 3, 4];
  const long = Buffer.alloc(8);
  long.writeBigUInt64BE(BigInt(bytes));
  const length =
    bytes < 126 ? [bytes | 0x80] : bytes < 65_536 ? [126 | 0x80, ...long.subarray(6)] : [127 | 0x80, ...long];
  return Buffer.concat([Buffer.from([first, ...length, ...mask]), Buffer.alloc(bytes)]);
}

function violations(chunks: readonly Buffer[]): Violation[] {
  const found: Violation[] = [];
  const inspect = frameInspector((code) => found.push(code));
  for (const chunk of chunks) inspect(chunk);
  return found;
}

describe('frame inspector', () => {
  test.each([
    ['an empty text', [frame(1, 0)], []],
    ['a text of 32 KB', [frame(1, 32 * KB)], []],
    ['a text over it', [frame(1, 32 * KB + 1)], [1009]],
    ['a text whose length takes eight bytes', [frame(1, 70_000)], [1009]],
    ['a binary frame', [frame(2, 1)], [1003]],
    ['control frames in between', [frame(1, 10, false), frame(9, 125), frame(0, 10), frame(8, 2)], []],
    [
      'five frames of one message',
      [frame(1, 32 * KB, false), ...Array(3).fill(frame(0, 32 * KB, false)), frame(0, 1)],
      [1009],
    ],
    [
      'a ping inside a long message',
      [frame(1, 32 * KB, false), frame(9, 4), ...Array(3).fill(frame(0, 32 * KB, false)), frame(0, 1)],
      [1009],
    ],
    ['five frames of two messages', [frame(1, 32 * KB, false), ...Array(3).fill(frame(0, 32 * KB)), frame(1, 1)], []],
  ])('%s', (_, frames, expected) => {
    expect(violations(frames)).toEqual(expected);
  });

  test('however the bytes are cut, it finds the same', () => {
    const stream = Buffer.concat([
      frame(1, 5),
      frame(9, 0),
      frame(1, 300, false),
      frame(0, 33 * KB),
      frame(2, 7),
      frame(1, 70_000),
    ]);
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length)), (cuts) => {
        const edges = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
        const chunks = edges.slice(1).map((end, i) => stream.subarray(edges[i], end));
        expect(violations(chunks)).toEqual([1009, 1003, 1009]);
      }),
    );
    expect(violations([...stream].map((byte) => Buffer.from([byte])))).toEqual([1009, 1003, 1009]);
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chunk } from '#core/chunk.ts';

test('chunks are as long as they may be but for the last, and together are the list', () => {
  fc.assert(
    fc.property(fc.array(fc.nat()), fc.integer({ min: 1, max: 10 }), (items, size) => {
      const chunks = chunk(items, size);
      expect(chunks.flat()).toEqual(items);
      for (const full of chunks.slice(0, -1)) expect(full).toHaveLength(size);
      for (const any of chunks) expect([any.length > 0, any.length <= size]).toEqual([true, true]);
    }),
  );
});

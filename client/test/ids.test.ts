import * as fc from 'fast-check';
import { clientId, id } from 'storm-chat-protocol/values';
import { expect, test } from 'vitest';
import { idMaker } from '../ids.ts';

test('Ids are UUIDv7 of the current time', () => {
  const made = idMaker(() => 0x01936a0b0c0d)();
  expect(id.safeParse(made).success && clientId.safeParse(made).success).toBe(true);
  expect(made).toMatch(/^01936a0b-0c0d-7/);
});

test('Every id is greater than the one before, whatever the clock does', async () => {
  await fc.assert(
    fc.property(fc.array(fc.nat(5), { minLength: 2, maxLength: 50 }), (times) => {
      let time = 0;
      const make = idMaker(() => time);
      const ids = times.map((next) => {
        time = next;
        return make();
      });
      expect([...ids].sort()).toEqual(ids);
      expect(new Set(ids).size).toBe(ids.length);
    }),
  );
});

test('Ids still grow when there are more than fit into a millisecond', () => {
  const make = idMaker(() => 1);
  const ids = Array.from({ length: 10_000 }, make);
  expect([...ids].sort()).toEqual(ids);
});

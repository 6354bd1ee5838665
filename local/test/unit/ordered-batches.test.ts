import { expect, test } from 'vitest';
import { OrderedBatches } from '../../event-sources/ordered-batches.ts';

test('batches run one after the other, in order, at most so many at once', async () => {
  const handled: unknown[][] = [];
  let running = 0;
  const batches = new OrderedBatches<{ record: number }>(2, 0, async (batch) => {
    running += 1;
    expect(running).toBe(1);
    handled.push(batch.map(({ record }) => record));
    await Promise.resolve();
    running -= 1;
  });
  for (const record of [1, 2, 3]) batches.add({ record });
  await batches.idle;
  batches.add({ record: 4 });
  await batches.idle;
  expect(handled).toEqual([[1, 2], [3], [4]]);
});

test('a batch stays below the 6 MB that an event may have, unless one record alone is larger', async () => {
  const sizes: number[] = [];
  const batches = new OrderedBatches<{ record: string }>(100, 0, async (batch) => void sizes.push(batch.length));
  const megabytes = (count: number) => ({ record: 'x'.repeat(count * 1024 * 1024) });
  for (const size of [2, 2, 3, 7, 1]) batches.add(megabytes(size));
  await batches.idle;
  expect(sizes).toEqual([2, 1, 1, 1]);
});

test('a full batch does not wait for the window, one that is not full goes at its end', async () => {
  const batches: number[] = [];
  const handle = async (batch: object[]) => void batches.push(batch.length);
  const patient = new OrderedBatches<{ record: number }>(3, 3_600_000, handle);
  for (const record of [1, 2, 3]) patient.add({ record });
  await patient.idle;
  const hasty = new OrderedBatches<{ record: number }>(3, 20, handle);
  hasty.add({ record: 1 });
  await hasty.idle;
  expect(batches).toEqual([3, 1]);
});

test('an entry that is added just as the last batch ends is handled', async () => {
  for (let turns = 0; turns < 8; turns++) {
    const handled: string[] = [];
    const batches = new OrderedBatches<{ record: string }>(1, 0, async ([entry]) => {
      handled.push(entry?.record ?? '');
      if (entry?.record === 'first') void addAfter(turns);
    });
    const addAfter = async (turnsLeft: number) => {
      for (let turn = 0; turn < turnsLeft; turn++) await undefined;
      batches.add({ record: 'second' });
    };
    batches.add({ record: 'first' });
    await new Promise(setImmediate);
    expect(handled, `added ${turns} turns later`).toEqual(['first', 'second']);
  }
});

import { expect, test } from 'vitest';
import type { FaultInput } from '../../faults/fault.ts';
import { FaultTable } from '../../faults/table.ts';

const some = { target: 'DYNAMODB', kind: 'down', rate: 0.3 } as const;

/** Which of 200 events meet the rows of a table. */
function metBy(seed: number, ...faults: FaultInput[]): boolean[] {
  const table = new FaultTable();
  table.clear(seed);
  table.add(...faults);
  return Array.from({ length: 200 }, () => table.meet('down', 'DYNAMODB') !== undefined);
}

test('the same seed and rows meet the same events, another seed meets others', () => {
  expect(metBy(7, some)).toEqual(metBy(7, some));
  expect(metBy(7, some)).not.toEqual(metBy(8, some));
});

test('a row draws for itself, so a row for something else changes nothing for it', () => {
  const other = new FaultTable();
  other.add(some, { target: 'S3', kind: 'down', rate: 0.5 });
  const met = Array.from({ length: 200 }, () => {
    other.meet('down', 'S3');
    return other.meet('down', 'DYNAMODB') !== undefined;
  });
  expect(met).toEqual(metBy(0, some));
});

test('the rate is the share of events that meet a row', () => {
  const met = metBy(1, some).filter(Boolean).length;
  expect(met).toBeGreaterThan(40);
  expect(met).toBeLessThan(80);
  expect(metBy(1, { ...some, rate: 0 })).not.toContain(true);
  expect(metBy(1, { ...some, rate: 1 })).not.toContain(false);
});

test('a row counts the events that it concerns, and those that met it', () => {
  const table = new FaultTable();
  table.add({ ...some, rate: 1 }, { target: 'S3', kind: 'down', operation: 'PUT', rate: 0 });
  table.meet('down', 'DYNAMODB');
  table.meet('down', 'S3', 'PUT');
  table.meet('down', 'S3', 'GET');
  table.meet('throttle', 'S3', 'PUT');
  expect(table.rows).toMatchObject([
    { events: 1, met: 1 },
    { events: 1, met: 0 },
  ]);
});

test('a row is over at its time', () => {
  let now = 1_000;
  const table = new FaultTable(() => now);
  table.add({ ...some, rate: 1, until: 2_000 });
  expect(table.meet('down', 'DYNAMODB')).toBeDefined();
  now = 2_000;
  expect(table.meet('down', 'DYNAMODB')).toBeUndefined();
});

test.each([
  ['*', true],
  ['DYNAMO*', true],
  ['*STREAMS', false],
  ['DYNAMODB', true],
  ['DYNAMO', false],
  ['D.NAMODB', false],
])('the target %s is DYNAMODB: %s', (target, expected) => {
  const table = new FaultTable();
  table.add({ target, kind: 'down' });
  expect(table.meet('down', 'DYNAMODB') !== undefined).toBe(expected);
});

test('of several rows without one that is malformed none is added', () => {
  const table = new FaultTable();
  for (const wrong of [{ ...some, rate: 2 }, { ...some, ms: 1 }, { target: 'S3', kind: 'explode' }, { kind: 'down' }])
    expect(() => table.add(some, wrong as FaultInput)).toThrow();
  expect(table.rows).toEqual([]);
});

test('what happens at once happens to each target that is there, by its own random number', () => {
  const table = new FaultTable();
  const cut: string[] = [];
  const targets = Array.from({ length: 100 }, (_, i) => `api${i}`);
  const undo = targets.map((name) => table.whenAdded('cut', name, (_, meets) => meets() && cut.push(name)));
  table.add({ target: 'api*', kind: 'cut', rate: 0.5 });
  expect(cut.length).toBeGreaterThan(30);
  expect(cut.length).toBeLessThan(70);
  expect(table.rows).toMatchObject([{ events: 100, met: cut.length }]);
  for (const each of undo) each();
  table.add({ target: 'api*', kind: 'cut' });
  expect(table.rows[1]).toMatchObject({ events: 0 });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Checkpoint } from '../../event-sources/checkpoint.ts';

let folder: string;
beforeEach(() => {
  vi.useFakeTimers();
  folder = mkdtempSync(join(tmpdir(), 'checkpoint-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

const at = (n: number) => ({ streamArn: 'stream', after: { shardId: 'shard', sequenceNumber: String(n) } });
const aFifthOfASecond = () => vi.advanceTimersByTime(200);

function checkpointIn(file: string) {
  const warn = vi.fn();
  return { checkpoint: new Checkpoint(file, { debug: vi.fn(), info: vi.fn(), warn }), warn };
}

test('a stream is done up to the record before the first unfinished one, whatever is finished behind it', () => {
  const { checkpoint } = checkpointIn(join(folder, 'a.json'));
  const [first, second, third] = [1, 2, 3].map((n) => checkpoint.begin(at(n)));
  third?.();
  aFifthOfASecond();
  expect(checkpoint.read()).toBeUndefined();
  first?.();
  aFifthOfASecond();
  expect(checkpoint.read()).toEqual(at(1));
  second?.();
  aFifthOfASecond();
  expect(checkpoint.read()).toEqual(at(3));
});

test('what is finished within a fifth of a second is written down once, and at a stop at once', () => {
  const { checkpoint } = checkpointIn(join(folder, 'a.json'));
  const write = vi.spyOn(checkpoint, 'write');
  const [first, second, third] = [1, 2, 3].map((n) => checkpoint.begin(at(n)));
  first?.();
  vi.advanceTimersByTime(150);
  second?.();
  vi.advanceTimersByTime(150);
  expect(write.mock.calls).toEqual([[at(2)]]);
  third?.();
  checkpoint.flush();
  aFifthOfASecond();
  expect(write.mock.calls).toEqual([[at(2)], [at(3)]]);
});

test('a disk that refuses a checkpoint is told, and stops nothing', () => {
  const { checkpoint, warn } = checkpointIn(join('/dev/null', 'a.json'));
  checkpoint.begin(at(1))();
  aFifthOfASecond();
  expect(warn).toHaveBeenCalledOnce();
});

test('a position that is shorter than the one before replaces all of it', () => {
  const { checkpoint } = checkpointIn(join(folder, 'a.json'));
  for (const n of [1_000_000, 7]) {
    checkpoint.write(at(n));
    expect(checkpoint.read()).toEqual(at(n));
  }
});

test('a checkpoint that a crash of the machine has damaged is told, and its stream begins anew', () => {
  const file = join(folder, 'a.json');
  const { checkpoint, warn } = checkpointIn(file);
  writeFileSync(file, Buffer.alloc(1024));
  expect(checkpoint.read()).toBeUndefined();
  expect(warn).toHaveBeenCalledOnce();
});

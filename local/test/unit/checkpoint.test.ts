import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Checkpoint } from '../../event-sources/checkpoint.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'checkpoint-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (n: number) => ({ streamArn: 'stream', after: { shardId: 'shard', sequenceNumber: String(n) } });
const turn = () => new Promise((resolve) => setImmediate(resolve));

function checkpointIn(file: string) {
  const warn = vi.fn();
  return { checkpoint: new Checkpoint(file, { debug: vi.fn(), info: vi.fn(), warn }), warn };
}

test('a stream is done up to the record before the first unfinished one, whatever is finished behind it', async () => {
  const { checkpoint } = checkpointIn(join(folder, 'a.json'));
  const [first, second, third] = [1, 2, 3].map((n) => checkpoint.begin(at(n)));
  third?.();
  await turn();
  expect(checkpoint.read()).toBeUndefined();
  first?.();
  await turn();
  expect(checkpoint.read()).toEqual(at(1));
  second?.();
  await turn();
  expect(checkpoint.read()).toEqual(at(3));
});

test('the records of a batch are written down once', async () => {
  const { checkpoint } = checkpointIn(join(folder, 'a.json'));
  const write = vi.spyOn(checkpoint, 'write');
  for (const done of [1, 2, 3].map((n) => checkpoint.begin(at(n)))) done();
  await turn();
  expect(write.mock.calls).toEqual([[at(3)]]);
});

test('a disk that refuses a checkpoint is told, and stops nothing', async () => {
  const { checkpoint, warn } = checkpointIn(join('/dev/null', 'a.json'));
  checkpoint.begin(at(1))();
  await turn();
  expect(warn).toHaveBeenCalledOnce();
});

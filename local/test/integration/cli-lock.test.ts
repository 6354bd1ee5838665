import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDataDir } from '../../lock.ts';
import { StackError } from '../../types.ts';

let folder: string;
const lockFile = () => path.join(folder, 'lock');

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lock-'));
});

afterEach(() => fs.rmSync(folder, { recursive: true }));

describe('the lock of a data folder', () => {
  it('lets one stack in at a time, also within a process', () => {
    const unlock = lockDataDir(folder);
    expect(() => lockDataDir(folder)).toThrow(`process ${process.pid}`);
    unlock();
    lockDataDir(folder)();
  });

  it('makes a folder that nobody else on the machine can look into', () => {
    const made = path.join(folder, 'new');
    lockDataDir(made)();
    expect(fs.statSync(made).mode & 0o777).toBe(0o700);
  });

  it('is held by another process while that lives', () => {
    fs.writeFileSync(lockFile(), String(process.ppid));
    expect(() => lockDataDir(folder)).toThrow(StackError);
  });

  it.each([
    ['a process that is gone', () => String(spawnSync(process.execPath, ['-e', '']).pid)],
    ['an earlier process with the same id', () => String(process.pid)],
    ['nobody who could be found', () => 'torn'],
    ['nobody', () => ''],
  ])('is taken over from %s', (_, holder) => {
    fs.writeFileSync(lockFile(), holder());
    const unlock = lockDataDir(folder);
    expect(fs.readFileSync(lockFile(), 'utf8')).toBe(String(process.pid));
    unlock();
    expect(fs.existsSync(lockFile())).toBe(false);
  });
});

import { existsSync, mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Linux has a file system in memory here. In containers it's often too small for the data of all tests. */
const inMemory = '/dev/shm';
const enough = 2 * 1024 ** 3;

function isLarge(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= enough;
}

const parent = existsSync(inMemory) && isLarge(inMemory) ? inMemory : tmpdir();

/** Makes a folder for the data of a stack or a service. In memory its database doesn't wait for a disk after each transaction. */
export const dataFolder = (prefix: string): string => mkdtempSync(join(parent, prefix));

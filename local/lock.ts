import * as fs from 'node:fs';
import * as path from 'node:path';
import { StackError } from './types.ts';

/**
 * Takes the data folder for this process, until the function that comes back is called. The lock of a process that is gone
 * is taken over. @throws StackError when another stack runs on the folder, or when it can't be one.
 */
export function lockDataDir(dataDir: string): () => void {
  const file = path.join(dataDir, 'lock');
  try {
    fs.mkdirSync(dataDir, { recursive: true });
    const holder = readHolder(file);
    if (holder !== undefined && isRunning(holder)) {
      throw new StackError(
        `Another local stack (process ${holder}) runs on ${dataDir}: stop it, or use another data folder.`,
      );
    }
    fs.rmSync(file, { force: true });
    fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if (error instanceof StackError) throw error;
    throw new StackError(`Can't use the data folder ${dataDir}: ${error instanceof Error ? error.message : error}.`);
  }
  held.add(file);
  return () => {
    held.delete(file);
    fs.rmSync(file, { force: true });
  };
}

/** Locks of this process. One that bears this process's id and isn't among them is from an earlier life of the machine. */
const held = new Set<string>();

function readHolder(file: string): number | undefined {
  if (!fs.existsSync(file)) return undefined;
  const pid = Number(fs.readFileSync(file, 'utf8'));
  return pid === process.pid && !held.has(file) ? undefined : pid;
}

function isRunning(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    // Signal 0 only asks.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user is alive too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

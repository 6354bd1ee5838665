import * as fs from 'node:fs';
import * as path from 'node:path';
import { StackError } from './types.ts';

/**
 * Locks the data folder for this process, until the returned function is called. The lock of a process that has ended is taken over.
 * @throws StackError when another stack runs on the folder, or when the folder can't be created.
 */
export function lockDataDir(dataDir: string): () => void {
  const file = path.join(dataDir, 'lock');
  try {
    // It holds password hashes and keys.
    fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 });
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

/** The locks of this process. A lock with this process's id that is not among them is left from before a reboot. */
const held = new Set<string>();

function readHolder(file: string): number | undefined {
  if (!fs.existsSync(file)) return undefined;
  const pid = Number(fs.readFileSync(file, 'utf8'));
  return pid === process.pid && !held.has(file) ? undefined : pid;
}

function isRunning(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    // Signal 0 only checks whether the process exists.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM means that the process exists but belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

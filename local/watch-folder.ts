import { type FSWatcher, readdirSync, watch } from 'node:fs';
import * as path from 'node:path';

/** A folder counts as complete after so many milliseconds without a change, because a build writes several files. */
const QUIET = 100;

/**
 * Calls `react` when files in a folder or below it have changed, once for changes in quick succession, until the function that
 * comes back is called. `fail` gets what `react` rejects with. Each folder is watched by itself: with `recursive`, Node on Linux
 * doesn't see changes of a file that has been replaced by another.
 */
export function watchFolder(folder: string, react: () => Promise<void>, fail: (error: unknown) => void): () => void {
  let watchers: FSWatcher[] = [];
  let timer: NodeJS.Timeout | undefined;

  function stop(): void {
    clearTimeout(timer);
    for (const watcher of watchers.splice(0)) watcher.close();
  }

  function start(): void {
    watchers = foldersIn(folder).map((each) => watch(each, changed).on('error', fail));
  }

  function changed(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void settled().catch(fail), QUIET);
  }

  /** Folders may have come and gone. What changes from here on is seen again. */
  async function settled(): Promise<void> {
    stop();
    start();
    await react();
  }

  start();
  return stop;
}

function foldersIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory());
  return [folder, ...folders.map(({ parentPath, name }) => path.join(parentPath, name))];
}

import { existsSync, type FSWatcher, readdirSync, watch } from 'node:fs';
import * as path from 'node:path';

/** A folder counts as complete after so many milliseconds without a change, because a build writes several files. */
const QUIET = 100;

/**
 * Calls `react` when files in a folder or below it have changed, once for changes in quick succession and never twice at the same time, until
 * the function that comes back is called. `fail` gets what `react` rejects with, and `skips` says which folders don't matter. Each folder is
 * watched by itself: with `recursive`, Node on Linux doesn't see changes of a file that has been replaced by another. A folder that is
 * removed is watched no more.
 */
export function watchFolder(
  folder: string,
  react: () => Promise<unknown>,
  fail: (error: unknown) => void,
  skips: (folder: string) => boolean = () => false,
): () => void {
  let watchers: FSWatcher[] = [];
  let last: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;

  function stop(): void {
    clearTimeout(timer);
    for (const watcher of watchers.splice(0)) watcher.close();
  }

  function start(): void {
    watchers = foldersIn(folder, skips).map((each) => watch(each, changed).on('error', fail));
  }

  function changed(): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      last = last.then(settled).catch(fail);
    }, QUIET);
  }

  /** Folders may have come and gone. What changes from here on is seen again. */
  async function settled(): Promise<void> {
    stop();
    if (isOver || !existsSync(folder)) return;
    start();
    await react();
  }

  start();
  return () => {
    isOver = true;
    stop();
  };
}

function foldersIn(folder: string, skips: (folder: string) => boolean): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const inner = entries.map(({ name }) => path.join(folder, name)).filter((each) => !skips(each));
  return [folder, ...inner.flatMap((each) => foldersIn(each, skips))];
}

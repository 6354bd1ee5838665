import { type FSWatcher, watch } from 'node:fs';

/** Milliseconds without a change after which a folder counts as written: a build writes several files. */
const QUIET = 100;

/** Calls `react` when files in a folder or below it have changed, once for changes in quick succession. */
export function watchFolder(folder: string, react: () => void): FSWatcher {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(folder, { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(react, QUIET);
  });
  return watcher.once('close', () => clearTimeout(timer));
}

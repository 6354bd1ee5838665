import { type FSWatcher, watch } from 'node:fs';

/** A folder counts as complete after so many milliseconds without a change, because a build writes several files. */
const QUIET = 100;

/** Calls `react` when files in or below a folder have changed, once for several changes in quick succession. */
export function watchFolder(folder: string, react: () => void): FSWatcher {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(folder, { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(react, QUIET);
  });
  return watcher.once('close', () => clearTimeout(timer));
}

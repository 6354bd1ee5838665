import { fork } from 'node:child_process';
import { once } from 'node:events';

/**
 * Starts people who edit, delete, react, join, leave, come again, send a message twice on two sockets, and ask for what isn't theirs. So the
 * checker's rules for all of that have something to judge.
 */
export function startEverything(url: string, historyFile: string, seed: number) {
  const child = fork(new URL('everything-process.ts', import.meta.url), [url, historyFile, String(seed)]);
  const died = once(child, 'exit').then(([code]) => Promise.reject(new Error(`They have ended with ${code}`)));
  died.catch(() => {});
  return {
    historyFile,
    /** They stop, wait until all has arrived, and read everything. */
    async end(): Promise<void> {
      const ended = once(child, 'message');
      child.send('end');
      await Promise.race([ended, died]);
      child.disconnect();
    },
    kill(): void {
      child.kill('SIGKILL');
    },
  };
}

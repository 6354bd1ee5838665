import { fork } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Rows } from './rows.ts';

/** What the process of the stack holds, in bytes and numbers. */
export interface Sample extends Rows {
  readonly rss: number;
  readonly heap: number;
  /** Sockets, timers, files and the like that keep the process alive. */
  readonly handles: number;
}

/** What the process says first. */
export interface Started {
  readonly url: string;
}

/** Starts a local stack with no data in a process of its own. */
export async function startStackProcess(assemblyDir: string) {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'soak-data-'));
  const child = fork(new URL('stack-process.ts', import.meta.url), [assemblyDir, dataDir]);
  const exited = once(child, 'exit');
  const died = exited.then(() => Promise.reject(new Error('The stack has died.')));
  died.catch(() => {});
  const news = async <News>(): Promise<News> => (await Promise.race([once(child, 'message'), died]))[0];
  const { url } = await news<Started>();
  return {
    url,
    async sample(): Promise<Sample> {
      const sample = news<Sample>();
      child.send('sample');
      return sample;
    },
    async stop(): Promise<void> {
      child.disconnect();
      await exited;
      fs.rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { FaultInput } from '#local/faults/fault.ts';
import type { Rows } from './rows.ts';

/** What the process of the stack holds, in bytes and numbers. */
export interface Sample extends Rows {
  readonly rss: number;
  readonly heap: number;
  /** Sockets, timers, files and the like that keep the process alive. */
  readonly handles: number;
}

export type StackOrder = { readonly inject: readonly FaultInput[] } | 'heal' | 'sample';
/** The answer to an order. `met` is how many events met a fault. The first message is the address. */
export type StackNews = { readonly url: string } | { readonly met: number } | Sample;

export type Stack = Awaited<ReturnType<typeof startStackProcess>>;

/** Starts a local stack with no data in a process of its own. */
export async function startStackProcess(assemblyDir: string) {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'storm-day-data-'));
  const child = fork(new URL('stack-process.ts', import.meta.url), [assemblyDir, dataDir]);
  const exited = once(child, 'exit');
  const died = exited.then(() => Promise.reject(new Error('The stack has died.')));
  died.catch(() => {});
  async function ask<News extends StackNews>(order?: StackOrder): Promise<News> {
    const answer = once(child, 'message');
    if (order) child.send(order);
    return (await Promise.race([answer, died]))[0];
  }
  const { url } = await ask<{ url: string }>();
  return {
    url,
    inject: (faults: readonly FaultInput[]) => ask<{ met: number }>({ inject: faults }),
    /** Ends all faults, and tells how many events met one. */
    heal: () => ask<{ met: number }>('heal'),
    sample: () => ask<Sample>('sample'),
    async stop(): Promise<void> {
      child.disconnect();
      await exited;
      fs.rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

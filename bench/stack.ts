import { fork } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as z from 'zod/mini';
import type { Capacity } from './capacity-proxy.ts';

/** What a stack has used since its start. */
export interface Usage extends Capacity {
  readonly invocations: number;
  /** Requests to `@connections`. */
  readonly managementCalls: number;
  /** User and system time of the functions' worker threads, the threads' start included. */
  readonly functionCpuMs: number;
}

export type BenchStack = Awaited<ReturnType<typeof startStack>>;

const Config = z.object({ httpUrl: z.string(), wsUrl: z.string() });

/** Runs an assembly on free ports, on a new data folder. `counted` puts a proxy before DynamoDB, which costs time. */
export async function startStack(assemblyDir: string, { counted }: { counted: boolean }) {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-'));
  const child = fork(new URL('stack-process.ts', import.meta.url), [assemblyDir, dataDir, counted ? 'counted' : '']);
  const exited = once(child, 'exit');
  const answer = async () => {
    const died = exited.then(() => Promise.reject(new Error('The stack has died.')));
    return (await Promise.race([once(child, 'message'), died]))[0];
  };
  const config = Config.parse(await (await fetch(`${await answer()}/config.json`)).json());

  async function usage(): Promise<Usage> {
    child.send('usage');
    return answer();
  }

  return {
    ...config,
    usage,

    /** What one run uses on average, after a run that warms up. */
    async usageOf(runs: number, run: () => Promise<unknown>): Promise<Usage> {
      await run();
      const before = await usage();
      for (let i = 0; i < runs; i++) await run();
      const after = await usage();
      const of = (key: keyof Usage) => (after[key] - before[key]) / runs;
      return {
        calls: of('calls'),
        readUnits: of('readUnits'),
        writeUnits: of('writeUnits'),
        invocations: of('invocations'),
        managementCalls: of('managementCalls'),
        functionCpuMs: of('functionCpuMs'),
      };
    },

    async stop(): Promise<void> {
      child.disconnect();
      await exited;
      fs.rmSync(dataDir, { recursive: true });
    },
  };
}

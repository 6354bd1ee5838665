import { fork } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as z from 'zod/mini';
import type { Credentials } from '#local/access/credentials.ts';
import type { Capacity } from './capacity-proxy.ts';

/** The resources that a stack has used since its start. */
export interface Usage extends Capacity {
  readonly invocations: number;
  /** The number of requests to `@connections`. */
  readonly managementCalls: number;
  /** The duration of all invocations, each from its start to its end. */
  readonly functionMs: number;
  /** The user and system time of the functions' worker threads, without their start, which has rows of its own, and without native threads. */
  readonly functionCpuMs: number;
  /** What the functions have logged, metrics included. */
  readonly logBytes: number;
}

/** What one usage has more than the other. */
export function difference(one: Usage, other: Usage): Usage {
  return usageBy((key) => Math.max(0, one[key] - other[key]));
}

/** The usage that has these numbers. */
function usageBy(of: (key: keyof Usage) => number): Usage {
  return {
    calls: of('calls'),
    readUnits: of('readUnits'),
    writeUnits: of('writeUnits'),
    invocations: of('invocations'),
    managementCalls: of('managementCalls'),
    functionMs: of('functionMs'),
    functionCpuMs: of('functionCpuMs'),
    logBytes: of('logBytes'),
  };
}

/** The first message of the process of a stack. Direct writes to the address `database` are not counted. */
export interface Started {
  readonly url: string;
  readonly outputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly database: string;
  readonly credentials: Credentials;
}

export type BenchProcess = Omit<Awaited<ReturnType<typeof startProcess>>, 'stop'>;
export type BenchStack = BenchProcess & z.infer<typeof Config>;

const Config = z.object({ httpUrl: z.string(), wsUrl: z.string() });

export interface StackOptions {
  /** Whether a proxy in front of DynamoDB counts capacity units. The proxy costs time. */
  readonly counted: boolean;
}

/** Runs this app on free ports and in a new data folder until `use` is done. */
export function withStack<T>(
  assemblyDir: string,
  options: StackOptions,
  use: (stack: BenchStack) => Promise<T>,
): Promise<T> {
  return withProcess(assemblyDir, options, async (started) =>
    use({ ...started, ...Config.parse(await (await fetch(`${started.url}/config.json`)).json()) }),
  );
}

/** As `withStack`, for the assembly of any app. */
export async function withProcess<T>(
  assemblyDir: string,
  options: StackOptions,
  use: (started: BenchProcess) => Promise<T>,
): Promise<T> {
  const started = await startProcess(assemblyDir, options);
  return use(started).finally(started.stop);
}

async function startProcess(assemblyDir: string, { counted }: StackOptions) {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-'));
  const child = fork(new URL('stack-process.ts', import.meta.url), [assemblyDir, dataDir, counted ? 'counted' : '']);
  const exited = once(child, 'exit');
  const answer = async <T>(): Promise<T> => {
    const died = exited.then(() => Promise.reject(new Error('The stack has died.')));
    return (await Promise.race([once(child, 'message'), died]))[0];
  };
  const { url, outputs, database, credentials } = await answer<Started>();

  async function usage(): Promise<Usage> {
    child.send('usage');
    return answer();
  }

  return {
    url,
    outputs,
    database,
    credentials,
    dataDir,
    usage,

    /** Returns what one run uses on average, after others that warm up: by default as many. */
    async usageOf(runs: number, run: () => Promise<unknown>, warmups = runs): Promise<Usage> {
      for (let i = 0; i < warmups; i++) await run();
      const before = await usage();
      for (let i = 0; i < runs; i++) await run();
      const after = await usage();
      return usageBy((key) => (after[key] - before[key]) / runs);
    },

    async stop(): Promise<void> {
      child.disconnect();
      await exited;
      fs.rmSync(dataDir, { recursive: true });
    },
  };
}

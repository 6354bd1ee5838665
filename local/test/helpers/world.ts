import * as fs from 'node:fs';
import type { Assembly } from '../../assembly/manifest.ts';
import { Figures } from '../../cloudwatch/figures.ts';
import { FaultTable } from '../../faults/table.ts';
import type { Caller } from '../../services/call.ts';
import { type Functions, type Invocation, InvokeError, type ServiceName, type World } from '../../types.ts';
import { createWorld, type RunningWorld } from '../../world.ts';
import { dataFolder } from './data-folder.ts';

/** The access key of all worlds and services in tests. A stack has a random one. */
export const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
export const access = { credentials, region: 'us-east-1', warnings: [] };

/** Calls the service that a test has started at an endpoint. */
export const callerOf = (endpoint: string): Caller => ({ ...access, endpoint: async () => endpoint });

export interface TestWorld extends RunningWorld {
  readonly warnings: readonly string[];
  [Symbol.asyncDispose](): Promise<void>;
}

export interface TestWorldOptions {
  readonly assembly?: Partial<Assembly>;
  readonly assemblyDir?: string;
  /** The handlers in this process, by the name of the function. */
  readonly functions?: Readonly<Record<string, (event: unknown) => unknown>>;
  /** The data folder of an earlier world, to restart on its data. */
  readonly dataDir?: string;
  /** The time of metrics and alarms. */
  readonly now?: () => number;
  readonly startService?: (name: ServiceName, world: World) => Promise<string>;
}

/** Returns the world of an empty stack, whose functions are handlers in this process. One that throws an `InvokeError` isn't invoked. */
export function testWorld({
  assembly,
  assemblyDir = '',
  functions = {},
  dataDir = dataFolder('world-'),
  startService,
  now,
}: TestWorldOptions = {}): TestWorld {
  const warnings: string[] = [];
  const figures = new Figures(now);
  const log = { info: () => {}, debug: () => {}, warn: (line: string) => void warnings.push(line) };
  const world = createWorld(
    { assemblyDir, dataDir, credentials, log, faults: new FaultTable(), figures },
    { stacks: [], assets: new Map(), account: '000000000000', region: 'us-east-1', warnings: [], ...assembly },
    fakeFunctions(functions),
    startService ?? (async (name) => `http://${name.toLowerCase()}.invalid`),
  );
  return Object.assign(world, {
    warnings,
    async [Symbol.asyncDispose]() {
      await world.stop();
      fs.rmSync(dataDir, { recursive: true, force: true });
    },
  });
}

function fakeFunctions(handlers: Readonly<Record<string, (event: unknown) => unknown>>): Functions {
  async function invoke(nameOrArn: string, event: unknown): Promise<Invocation> {
    const handler = handlers[nameOrArn.split(':').at(-1) ?? ''];
    if (!handler) throw new Error(`no function ${nameOrArn}`);
    const facts = { requestId: 'request', durationMs: 0 };
    try {
      return { ...facts, payload: await handler(event) };
    } catch (error) {
      if (error instanceof InvokeError) throw error;
      const payload = error instanceof Error ? { errorType: error.name, errorMessage: error.message } : error;
      return { ...facts, functionError: 'Unhandled', payload };
    }
  }
  return {
    define() {},
    invoke,
    async invokeAsync(nameOrArn, event) {
      await invoke(nameOrArn, event);
    },
    doomed: () => undefined,
  };
}

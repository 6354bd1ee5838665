import * as fs from 'node:fs';
import { createStack, type RunningStack, type StackOptions } from '../../stack.ts';
import { dataFolder } from './data-folder.ts';

export interface TestStack extends RunningStack {
  readonly dataDir: string;
  /** The lines that the stack has shown. */
  readonly warnings: readonly string[];
  /** Stops the stack, and starts it on the same data. */
  restart(): Promise<TestStack>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Runs an assembly on free ports in a temporary data folder, which is removed at the end. */
export async function startTestStack(
  assemblyDir: string,
  { dataDir = dataFolder('stack-'), ...options }: Partial<StackOptions> = {},
): Promise<TestStack> {
  const warnings: string[] = [];
  const log = { info: () => {}, debug: () => {}, warn: (line: string) => void warnings.push(line) };
  const stack = await createStack({ port: 0, log, ...options, assemblyDir, dataDir });
  return Object.assign(stack, {
    dataDir,
    warnings,
    async restart() {
      await stack.stop();
      return startTestStack(assemblyDir, { ...options, dataDir });
    },
    async [Symbol.asyncDispose]() {
      await stack.stop();
      fs.rmSync(dataDir, { recursive: true, force: true });
    },
  });
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultInput } from '#local/faults/fault.ts';
import type { Drill } from './drill.ts';
import { functionNames } from './functions.ts';
import type { DrillStack, MetFault } from './stack.ts';

/** What was broken. Times are those of `performance.now()`. */
export interface Performed {
  readonly began: number;
  readonly ended: number;
  /** The faults, and how many events met each. */
  readonly faults: readonly MetFault[];
}

/** Breaks what a drill breaks, and heals it. The same seed decides for the n-th event of each fault in the same way. */
export async function perform({ during, after }: Drill, stack: DrillStack, seed: number): Promise<Performed> {
  const names = functionNames(stack.assemblyDir);
  const breaking = {
    stack,
    inject: (...rows: FaultInput[]) => stack.inject(rows),
    wait: (ms: number) => sleep(ms),
    fn(folder: string) {
      const found = names.get(folder);
      if (found === undefined) throw new Error(`There is no function ${folder}`);
      return found;
    },
  };
  await stack.inject([], seed);
  const began = performance.now();
  await during(breaking);
  const faults = await stack.faults();
  await stack.clear();
  const ended = performance.now();
  await after?.(breaking);
  return { began, ended, faults };
}

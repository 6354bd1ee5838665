import type { Runtime } from '#core/runtime.ts';

/** A clock that a test sets. Sleeping moves it and takes no time, and chance always gives the same. */
export interface TestRuntime extends Runtime {
  time: number;
  /** How long was slept, each time, in ms. */
  readonly slept: number[];
}

export function testRuntime(time = Date.UTC(2026, 10, 28), random = 0.5): TestRuntime {
  const it: TestRuntime = {
    time,
    slept: [],
    now: () => it.time,
    async sleep(ms) {
      it.slept.push(ms);
      it.time += ms;
    },
    random: () => random,
  };
  return it;
}

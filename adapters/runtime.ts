import { setTimeout as sleep } from 'node:timers/promises';
import type { Runtime } from '#core/runtime.ts';

/** The clock, timers and random numbers of this process. `Date.now` is looked up at each call, because tests replace it. */
export const runtime: Runtime = {
  now: () => Date.now(),
  sleep: (ms) => sleep(ms),
  random: () => Math.random(),
};

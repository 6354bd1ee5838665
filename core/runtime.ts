/**
 * What core takes from the process that it runs in: its clock, its timers and its random numbers. A use case finds them among
 * its ports, so that a test can set the time and need not wait. `adapters/runtime.ts` has the real ones; lint keeps any other
 * out of core (decision 0074).
 */
export interface Runtime {
  /** The time, in ms since 1970. */
  now(): number;
  /** Resolves after so many ms. */
  sleep(ms: number): Promise<unknown>;
  /** A number from 0 up to, and not including, 1. */
  random(): number;
}

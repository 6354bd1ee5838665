const { RUNS: times = '1', SEED: seed } = process.env;

/**
 * How often a property is tried, for `fc.assert`: `usual` is what a whole test run has time for, and `RUNS` multiplies it for a longer
 * search. A property that fails says its seed; `SEED` gives it the same inputs again.
 */
export function runs(usual: number): { numRuns: number; seed?: number } {
  return { numRuns: usual * Number(times), ...(seed && { seed: Number(seed) }) };
}

/** Timeout of a test that tries a property on a database, in ms: far above its usual time, for `RUNS` and for busy machines. */
export const propertyTimeout = 3_600_000;

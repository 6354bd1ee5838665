const { RUNS: times = '1', SEED: seed } = process.env;

/**
 * How often a property is tried, for `fc.assert`: `usual` is what a whole test run has time for, and `RUNS` multiplies it for a longer
 * search. A property that fails says its seed; `SEED` gives it the same inputs again.
 */
export function runs(usual: number): { numRuns: number; seed?: number } {
  return { numRuns: usual * Number(times), ...(seed && { seed: Number(seed) }) };
}

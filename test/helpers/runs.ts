const { RUNS: times = '1', SEED: seed } = process.env;

/**
 * The parameters of `fc.assert`. A property runs `usual` times, for which a test run has time, multiplied by `RUNS` for a longer
 * search. A property that fails prints its seed. With `SEED` it gets the same inputs again.
 */
export function runs(usual: number): { numRuns: number; seed?: number } {
  return { numRuns: usual * Number(times), ...(seed && { seed: Number(seed) }) };
}

/** Timeout of a test that tries a property on a database, in ms: far above its usual time, for `RUNS` and for busy machines. */
export const propertyTimeout = 3_600_000;

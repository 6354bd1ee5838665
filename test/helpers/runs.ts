/** How often a property is tried: what a whole test run has time for, times `RUNS` for a search that takes longer. */
export function runs(usual: number): { numRuns: number } {
  return { numRuns: usual * Number(process.env['RUNS'] ?? 1) };
}

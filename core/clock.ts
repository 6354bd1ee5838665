/** A time of ours (ms since 1970) as the contract has times. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

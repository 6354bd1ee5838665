/** Converts a time in ms since 1970 to RFC 3339, the format of times in the contract. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

import type { Platform } from './platform.ts';

const baseMs = 500;
const capMs = 30_000;

/** Milliseconds to wait after so many failures in a row: "full jitter" of the AWS Architecture Blog's "Exponential Backoff And Jitter". */
export function backoff(failures: number, platform: Pick<Platform, 'random'>): number {
  return platform.random() * Math.min(capMs, baseMs * 2 ** failures);
}

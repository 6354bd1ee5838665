import type { Platform } from './platform.ts';

const baseMs = 500;
const capMs = 30_000;

/**
 * The milliseconds to wait after this many failures in a row: "full jitter" of "Exponential Backoff And Jitter" in the AWS
 * Architecture Blog.
 */
export function backoff(failures: number, platform: Pick<Platform, 'random'>): number {
  return platform.random() * Math.min(capMs, baseMs * 2 ** failures);
}

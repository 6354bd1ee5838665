import { setTimeout as delay } from 'node:timers/promises';

/** What `promise` comes to, or undefined when that takes longer than `ms` milliseconds. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  const settled = new AbortController();
  try {
    return await Promise.race([promise, delay(ms, undefined, { signal: settled.signal })]);
  } finally {
    settled.abort();
  }
}

import { setTimeout as sleep } from 'node:timers/promises';

/** Lets something happen once per `intervalMs` for each key: the next time waits for as long as is left. */
export function createPace(intervalMs: number) {
  /** When each may happen again, the earliest first. */
  const next = new Map<string, number>();

  return async (key: string): Promise<void> => {
    const now = Date.now();
    for (const [oldest, time] of next) {
      if (time > now) break;
      next.delete(oldest);
    }
    const at = Math.max(now, next.get(key) ?? 0);
    next.delete(key);
    next.set(key, at + intervalMs);
    if (at > now) await sleep(at - now);
  };
}

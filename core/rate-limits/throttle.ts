/** Turns at something that may happen once per `intervalMs` for each key: takes the next one and answers how long to wait for it. */
export function createThrottle(intervalMs: number) {
  /** When each may happen again. */
  const next = new Map<string, number>();

  return (key: string, now: number): number => {
    for (const [oldest, time] of next) {
      if (time > now) break;
      next.delete(oldest);
    }
    const at = Math.max(now, next.get(key) ?? 0);
    // Last used, last thrown out.
    next.delete(key);
    next.set(key, at + intervalMs);
    return at - now;
  };
}

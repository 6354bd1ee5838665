/**
 * Limits something to once per `intervalMs` for each key. The function that it returns takes the next turn of a key at `now`, and
 * returns how long to wait for it, in ms.
 */
export function createThrottle(intervalMs: number) {
  /** When the next turn of each key is. The keys are in the order of their last use. */
  const next = new Map<string, number>();

  return (key: string, now: number): number => {
    for (const [oldest, time] of next) {
      if (time > now) break;
      next.delete(oldest);
    }
    const at = Math.max(now, next.get(key) ?? 0);
    // Deleting the key first moves it to the end of the map.
    next.delete(key);
    next.set(key, at + intervalMs);
    return at - now;
  };
}

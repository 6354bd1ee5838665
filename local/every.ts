import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from './types.ts';

/**
 * Repeats `round` from when the stack starts reading until it stops, with a pause of `ms` between two rounds. A stop waits for the round that
 * is running. After a failure the next round tries again; only the first of several failures in a row is logged.
 */
export function every(ms: number, world: World, what: string, round: (signal: AbortSignal) => Promise<void>): void {
  const stopping = new AbortController();
  async function run(): Promise<void> {
    let failing = false;
    while (!stopping.signal.aborted) {
      try {
        await round(stopping.signal);
        failing = false;
      } catch (error) {
        if (!failing && !stopping.signal.aborted) world.log.warn(`${what} failed: ${error}; trying again`);
        failing = true;
      }
      // What fails at once would otherwise be tried as fast as the machine can.
      await sleep(failing ? Math.max(ms, 100) : ms, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  let loop: Promise<void> | undefined;
  world.whenReading(async () => {
    loop = run();
  });
  world.whenStopping(async () => {
    stopping.abort();
    await loop;
  });
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from './types.ts';

/**
 * Does something again and again once the stack is ready, `ms` after it was done the last time, until the stack stops
 * (which waits for the round that is under way). A failure is told once, and the next round tries again.
 */
export function every(ms: number, world: World, what: string, round: (signal: AbortSignal) => Promise<void>): void {
  const stopping = new AbortController();
  let loop: Promise<void> | undefined;

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
      await sleep(ms, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  world.whenReady(async () => {
    loop = run();
  });
  world.whenStopping(async () => {
    stopping.abort();
    await loop;
  });
}

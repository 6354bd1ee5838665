import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchStack } from './stack.ts';

/**
 * Waits until no function is invoked any more. It begins with longer than the second for which the stream collects a batch. The queue
 * is polled at once.
 */
export async function settled(stack: Pick<BenchStack, 'usage'>): Promise<void> {
  await sleep(1_500);
  for (let before = -1, now = 0; before !== now; ) {
    before = now;
    await sleep(500);
    now = (await stack.usage()).invocations;
  }
}

import { statSync } from 'node:fs';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createStack, type RunningStack, type StackOptions } from './stack.ts';
import { type Log, NeedsRestart, StackError } from './types.ts';

/** How often the manifest is looked at, in milliseconds. It is the file that a synthesis writes last. */
const LOOK_MS = 200;
/** How long its writing may take. */
const WRITE_MS = 50;

/**
 * Starts a stack, and lets each new assembly in its folder take effect until the function that comes back is called. What can't change in a
 * running stack makes it start again, with the same data and ports. `onStart` gets the stack of each start.
 */
export async function startWatchedStack(
  options: StackOptions & { readonly log: Log },
  onStart: (stack: RunningStack) => void,
): Promise<() => Promise<void>> {
  const { log } = options;
  const manifest = path.join(options.assemblyDir, 'manifest.json');
  const writtenAt = () => statSync(manifest, { throwIfNoEntry: false })?.mtimeMs;
  // Before it is read: what is written from here on is another assembly. `watchFile` would begin with what is there a little later.
  let taken = writtenAt();
  let stack: RunningStack | undefined = await createStack({ ...options, watch: true });
  const port = Number(new URL(stack.url).port);
  onStart(stack);
  let last = Promise.resolve();
  const looking = setInterval(() => {
    const now = writtenAt();
    if (now === undefined || now === taken) return;
    taken = now;
    last = last
      .then(() => sleep(WRITE_MS))
      .then(take)
      .catch(tell);
  }, LOOK_MS);
  return async () => {
    clearInterval(looking);
    await last;
    await stack?.stop();
  };

  async function take(): Promise<void> {
    try {
      if (stack) return await stack.update();
    } catch (error) {
      if (!(error instanceof NeedsRestart)) throw error;
      log.info(`↻ Starting again, since ${error.message}: data and addresses stay, open sockets are closed …`);
      await stack?.stop();
      stack = undefined;
    }
    stack = await createStack({ ...options, port, watch: true });
    onStart(stack);
  }

  function tell(error: unknown): void {
    const stays = stack ? 'What runs stays as it was' : 'Nothing runs';
    log.warn(`✗ ${error instanceof StackError ? error.message : error}\n  ${stays} until the next assembly.`);
  }
}

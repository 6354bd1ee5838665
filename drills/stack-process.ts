/**
 * A process with a local stack whose faults a drill injects: `fork(…, [assemblyDir, dataDir, port, epoch])`. The clock of its metrics and
 * alarms starts at `epoch`, and is faster than that of the wall.
 */
import { createStack } from '#local/stack.ts';
import { clockSpeed, type Started } from './stack.ts';

const [assemblyDir = '', dataDir = '', port, epoch] = process.argv.slice(2);
// As in `npm start`: workers inherit the time zone of the process.
process.env['TZ'] = 'UTC';

const stack = await createStack({
  assemblyDir,
  dataDir,
  port: Number(port),
  // What fails on purpose would fill the terminal.
  log: { info: () => {}, debug: () => {}, warn: () => {} },
  now: () => Number(epoch) + clockSpeed * (Date.now() - Number(epoch)),
});

process.once('disconnect', async () => {
  await stack.stop();
  process.exit();
});

process.send?.({ url: stack.url, credentials: stack.world.credentials, region: stack.world.region } satisfies Started);

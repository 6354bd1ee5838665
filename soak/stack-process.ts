/** A process with a local stack that tells its parent what it holds: `fork(…, [assemblyDir, dataDir])`. */
import { createStack } from '#local/stack.ts';
import { dynamoDbClient } from '#local/test/helpers/dynamodb.ts';
import { countRows } from './rows.ts';
import type { Sample, Started } from './stack.ts';

const [assemblyDir = '', dataDir = ''] = process.argv.slice(2);
// As in `npm start`: workers inherit the time zone of the process.
process.env['TZ'] = 'UTC';
const stack = await createStack({
  assemblyDir,
  dataDir,
  port: 0,
  log: { info: () => {}, debug: () => {}, warn: () => {} },
});
const { world } = stack;
const client = dynamoDbClient(await world.endpoint('DYNAMODB'), { credentials: world.credentials });

process.on('message', async () => {
  const { rss, heapUsed: heap } = process.memoryUsage();
  const handles = process.getActiveResourcesInfo().length;
  process.send?.({ rss, heap, handles, ...(await countRows(client, Date.now())) } satisfies Sample);
});

process.once('disconnect', async () => {
  client.destroy();
  await stack.stop();
  process.exit();
});

process.send?.({ url: stack.url } satisfies Started);

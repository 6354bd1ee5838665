/** A process with a local stack whose faults its parent injects: `fork(…, [assemblyDir, dataDir])`. */
import { FaultTable } from '#local/faults/table.ts';
import { startStack } from '#local/stack.ts';
import { dynamoDbClient } from '#local/test/helpers/dynamodb.ts';
import { countRows } from './rows.ts';
import type { StackNews, StackOrder } from './stack.ts';

const [assemblyDir = '', dataDir = ''] = process.argv.slice(2);
// As in `npm start`: workers inherit the time zone of the process.
process.env['TZ'] = 'UTC';
const faults = new FaultTable();
const stack = await startStack({
  assemblyDir,
  dataDir,
  port: 0,
  faults,
  // What fails on purpose would fill the terminal.
  log: { info: () => {}, debug: () => {}, warn: () => {} },
});
const { world } = stack;
const client = dynamoDbClient(await world.endpoint('DYNAMODB'), { credentials: world.credentials });
const tell = (news: StackNews) => process.send?.(news);

process.on('message', async (order: StackOrder) => {
  if (order === 'heal') {
    const met = faults.rows.reduce((sum, row) => sum + row.met, 0);
    faults.clear();
    tell({ met });
  } else if (order === 'sample') {
    const { rss, heapUsed: heap } = process.memoryUsage();
    const handles = process.getActiveResourcesInfo().length;
    tell({ rss, heap, handles, ...(await countRows(client, Date.now())) });
  } else {
    faults.add(...order.inject);
    tell({ met: 0 });
  }
});

process.once('disconnect', async () => {
  client.destroy();
  await stack.stop();
  process.exit();
});

tell({ url: stack.url });

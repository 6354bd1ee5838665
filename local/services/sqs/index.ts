import { join } from 'node:path';
import * as z from 'zod/mini';
import { every } from '../../every.ts';
import { handle } from '../../handle.ts';
import { perWorld } from '../../per-world.ts';
import type { World } from '../../types.ts';
import { callService } from '../call.ts';
import type { HttpService } from '../http-service.ts';
import { serveJsonApi } from '../json-api.ts';
import { queueOperations } from './operations.ts';
import { queueAttributes } from './queue.ts';
import { QueueStore } from './store.ts';

/** The queues of a stack. */
export const queuesOf = perWorld((world) => {
  const store = new QueueStore(join(world.dataDir, 'sqs.sqlite'), `arn:aws:sqs:${world.region}:${world.account}:`);
  world.whenKeeping(() => store.keep());
  world.whenStopping(async () => store.close());
  every(60_000, world, 'Measuring queues', async () => putLevels(store, world));
  return store;
});

export async function startSqs(world: World): Promise<HttpService> {
  const urlOf = (queue: string) => `${service.endpoint}/${world.account}/${queue}`;
  const service: HttpService = await serveJsonApi('SQS', queueOperations(queuesOf(world), world.account, urlOf), world);
  return service;
}

/** Puts the figures of all queues ("Available CloudWatch metrics for Amazon SQS"). Ages are in seconds. */
function putLevels(store: QueueStore, { figures }: World): void {
  for (const { queue: QueueName, visible, oldestMs } of store.levels(Date.now())) {
    const put = (name: string, value: number) =>
      figures.put({ namespace: 'AWS/SQS', name, dimensions: { QueueName } }, value);
    put('ApproximateNumberOfMessagesVisible', visible);
    put('ApproximateAgeOfOldestMessage', Math.floor(oldestMs / 1000));
  }
}
const properties = z.extend(queueAttributes, { QueueName: z.optional(z.string()) });
const created = z.object({ QueueUrl: z.string() });

/** Handles queues. At each start a queue gets the attributes of the template, and keeps its messages. */
export const queues = handle('AWS::SQS::Queue', properties, async ({ QueueName, ...Attributes }, world, resource) => {
  const name = QueueName ?? `${resource.stack}-${resource.logicalId}${Attributes.FifoQueue ? '.fifo' : ''}`;
  const input = { QueueName: name, Attributes };
  const { QueueUrl } = created.parse(await callService(world, 'AmazonSQS.CreateQueue', input));
  const Arn = `arn:aws:sqs:${world.region}:${world.account}:${name}`;
  return { ref: QueueUrl, attributes: { Arn, QueueName: name, QueueUrl } };
});

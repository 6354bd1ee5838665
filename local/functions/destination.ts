import * as z from 'zod/mini';
import { callJsonApi } from '../services/json-api.ts';
import type { World } from '../types.ts';

/** Sends a message to the queue with this ARN. */
export async function sendToQueue(world: World, arn: string, body: string): Promise<void> {
  const endpoint = await world.endpoint('SQS');
  const QueueName = arn.split(':').at(-1);
  const { QueueUrl } = z
    .object({ QueueUrl: z.string() })
    .parse(await callJsonApi(endpoint, 'AmazonSQS.GetQueueUrl', { QueueName }));
  await callJsonApi(endpoint, 'AmazonSQS.SendMessage', { QueueUrl, MessageBody: body });
}

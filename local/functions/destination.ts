import * as z from 'zod/mini';
import { callService } from '../services/call.ts';
import type { World } from '../types.ts';

/** Sends a message to the queue with this ARN. */
export async function sendToQueue(world: World, arn: string, body: string, attributes: object = {}): Promise<void> {
  const QueueName = arn.split(':').at(-1);
  const { QueueUrl } = z
    .object({ QueueUrl: z.string() })
    .parse(await callService(world, 'AmazonSQS.GetQueueUrl', { QueueName }));
  await callService(world, 'AmazonSQS.SendMessage', { QueueUrl, MessageBody: body, MessageAttributes: attributes });
}

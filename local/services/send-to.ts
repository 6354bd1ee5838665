import { sendToQueue } from '../functions/destination.ts';
import type { World } from '../types.ts';
import { topicsOf } from './sns/topics.ts';

/** Sends what is JSON to what an ARN names: asynchronously to a function, to a queue or a topic. A log group gets nothing here. */
export async function sendTo(world: World, arn: string, json: string, subject?: string): Promise<void> {
  const service = arn.startsWith('arn:') ? arn.split(':')[2] : 'lambda';
  if (service === 'lambda') await world.functions.invokeAsync(arn, JSON.parse(json));
  else if (service === 'sqs') await sendToQueue(world, arn, json);
  else if (service === 'sns') topicsOf(world).publish(arn, { Message: json, Subject: subject });
  else world.log.debug(`${arn}: ${json}`);
}

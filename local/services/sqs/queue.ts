import * as z from 'zod/mini';
import { Flag, jsonText } from '../../parse.ts';

const seconds = (byDefault: number) => z._default(z.coerce.number(), byDefault);
// Flags are texts in the API, and booleans or texts in templates.
const flag = z._default(Flag, false);
const redrivePolicy = z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number() });
export type RedrivePolicy = z.infer<typeof redrivePolicy>;

/** The attributes of a queue by their names in templates and CreateQueue, with the defaults of "CreateQueue" in the SQS API reference. */
export const queueAttributes = z.object({
  VisibilityTimeout: seconds(30),
  DelaySeconds: seconds(0),
  MessageRetentionPeriod: seconds(345_600),
  ReceiveMessageWaitTimeSeconds: seconds(0),
  MaximumMessageSize: seconds(1_048_576),
  FifoQueue: flag,
  ContentBasedDeduplication: flag,
  RedrivePolicy: z.optional(z.union([redrivePolicy, jsonText(redrivePolicy)])),
});

export type QueueAttributes = z.infer<typeof queueAttributes>;

/** Returns the name at the end of an ARN (`…:name`) or URL (`…/name`). URLs from earlier starts may have another port. */
export function queueName(arnOrUrl: string): string {
  return arnOrUrl.replace(/^.*[:/]/, '');
}

const value = z.optional(z.string());
const attribute = z.object({ DataType: z.string(), StringValue: value, BinaryValue: value });
export const messageAttributes = z.record(z.string(), attribute);

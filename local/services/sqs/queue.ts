import * as z from 'zod/mini';

const seconds = (byDefault: number) => z._default(z.coerce.number(), byDefault);
// The API spells flags as text, templates as booleans or text.
const flag = z._default(
  z.pipe(
    z.union([z.boolean(), z.stringbool()]),
    z.transform((on: boolean) => on),
  ),
  false,
);
const redrivePolicy = z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number() });
export type RedrivePolicy = z.infer<typeof redrivePolicy>;

/** Attributes of a queue as templates and CreateQueue name them, with the defaults of "CreateQueue" in the SQS API reference. */
export const queueAttributes = z.object({
  VisibilityTimeout: seconds(30),
  DelaySeconds: seconds(0),
  MessageRetentionPeriod: seconds(345_600),
  ReceiveMessageWaitTimeSeconds: seconds(0),
  MaximumMessageSize: seconds(1_048_576),
  FifoQueue: flag,
  ContentBasedDeduplication: flag,
  RedrivePolicy: z.optional(
    z.union([
      redrivePolicy,
      z.pipe(
        z.string(),
        z.transform((json: string) => redrivePolicy.parse(JSON.parse(json))),
      ),
    ]),
  ),
});

export type QueueAttributes = z.infer<typeof queueAttributes>;

/** Name of the queue that an ARN (`…:name`) or URL (`…/name`) ends with; URLs of earlier starts name another port. */
export function queueName(arnOrUrl: string): string {
  return arnOrUrl.replace(/^.*[:/]/, '');
}

export const messageAttributes = z.record(
  z.string(),
  z.object({ DataType: z.string(), StringValue: z.optional(z.string()), BinaryValue: z.optional(z.string()) }),
);

export interface NewMessage {
  readonly body: string;
  readonly attributes: z.infer<typeof messageAttributes>;
  readonly delaySeconds: number | undefined;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
}

/** A message as it is handed to a receiver. Times in milliseconds since 1970. */
export interface Message extends Omit<NewMessage, 'delaySeconds'> {
  /** Grows with every message sent; the sequence number of a FIFO queue. */
  readonly sequence: number;
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly sentAt: number;
  readonly firstReceivedAt: number;
  readonly receiveCount: number;
  readonly sourceArn: string | undefined;
}

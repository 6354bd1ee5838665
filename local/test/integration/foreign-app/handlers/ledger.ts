import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBStreamEvent } from 'aws-lambda';

const sqs = new SQSClient({});

/** Every parcel that is handed in needs a label. */
export async function handler(event: DynamoDBStreamEvent): Promise<void> {
  for (const record of event.Records) {
    const { id, state } = record.dynamodb?.NewImage ?? {};
    if (state?.S === 'handed in') await queue(id?.S ?? '');
  }
}

async function queue(id: string): Promise<void> {
  await sqs.send(new SendMessageCommand({ QueueUrl: process.env['QUEUE_URL'], MessageBody: id }));
}

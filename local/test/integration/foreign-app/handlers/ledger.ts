import type { DynamoDBStreamEvent } from 'aws-lambda';

/** Every parcel that is handed in needs a label. Plain SQS over HTTP: this app bundles no SQS client. */
export async function handler(event: DynamoDBStreamEvent): Promise<void> {
  for (const record of event.Records) {
    const { id, state } = record.dynamodb?.NewImage ?? {};
    if (state?.S === 'handed in') await queue(id?.S ?? '');
  }
}

async function queue(id: string): Promise<void> {
  const response = await fetch(process.env['AWS_ENDPOINT_URL_SQS'] ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' },
    body: JSON.stringify({ QueueUrl: process.env['QUEUE_URL'], MessageBody: id }),
  });
  if (!response.ok) throw new Error(`SQS answered ${response.status}`);
}

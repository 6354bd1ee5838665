import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { put } from './parcels.ts';

/** Prints labels; those of parcels called `torn…` never come out. */
export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  const failed = event.Records.filter((record) => record.body.startsWith('torn'));
  for (const { body } of event.Records.filter((record) => !failed.includes(record)))
    await put(`label-${body}`, 'printed');
  return { batchItemFailures: failed.map((record) => ({ itemIdentifier: record.messageId })) };
}

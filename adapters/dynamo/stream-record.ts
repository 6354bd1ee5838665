import type { DynamoDBRecord } from 'aws-lambda';
import { decodeItem, type Item } from './attribute-values.ts';
import { uuidText } from './messages/keys.ts';

/**
 * One write to a table, from its stream. `before` is undefined if the write created the item, and `after` if it deleted the item.
 * `sk` is empty if the table has no sort key.
 */
export interface StreamRecord {
  readonly sequenceNumber: string;
  readonly pk: string;
  readonly sk: string;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
  /** When the write was done, in ms since 1970, rounded down to a second. */
  readonly at: number;
}

/** Parses a record of a DynamoDB stream. Throws if the record doesn't have the partition key, so it is from another table. */
export function streamRecord({ dynamodb = {} }: DynamoDBRecord, partitionKey = 'pk'): StreamRecord {
  const { Keys, OldImage, NewImage, SequenceNumber, ApproximateCreationDateTime = 0 } = dynamodb;
  const { [partitionKey]: pk, sk = '' } = decodeItem(Keys ?? {});
  if (typeof pk !== 'string' || typeof sk !== 'string') throw new Error(`Record ${SequenceNumber} has no key`);
  return {
    sequenceNumber: SequenceNumber ?? '',
    pk,
    sk,
    before: OldImage && decodeItem(OldImage),
    after: NewImage && decodeItem(NewImage),
    at: 1_000 * ApproximateCreationDateTime,
  };
}

/**
 * The correlation id of a write. That of a message is the id that its client gave it, which is also that of the frame: so it needs no
 * attribute of its own. All others have their key.
 */
export function correlationIdOf({ pk, sk, after }: StreamRecord): string {
  const clientId = after?.['clientId'];
  return clientId instanceof Uint8Array ? uuidText(clientId) : [pk, sk].filter(Boolean).join('/');
}

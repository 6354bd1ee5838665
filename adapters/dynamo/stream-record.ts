import type { NativeAttributeValue } from '@aws-sdk/util-dynamodb';
import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import { uuidText } from './messages/keys.ts';
import type { Item } from './table.ts';

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
}

type Image = Readonly<Record<string, AttributeValue>>;

/** Parses a record of a DynamoDB stream. Throws if the record doesn't have the partition key, so it is from another table. */
export function streamRecord({ dynamodb = {} }: DynamoDBRecord, partitionKey = 'pk'): StreamRecord {
  const { Keys, OldImage, NewImage, SequenceNumber } = dynamodb;
  const { [partitionKey]: pk, sk = '' } = itemOf(Keys ?? {});
  if (typeof pk !== 'string' || typeof sk !== 'string') throw new Error(`Record ${SequenceNumber} has no key`);
  return {
    sequenceNumber: SequenceNumber ?? '',
    pk,
    sk,
    before: OldImage && itemOf(OldImage),
    after: NewImage && itemOf(NewImage),
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

/** Converts an item of the event. `unmarshall` of the SDK can't do it, because the event is JSON and has bytes in base64. */
function itemOf(image: Image): Item {
  return Object.fromEntries(Object.entries(image).map(([name, value]) => [name, attributeOf(value)]));
}

function attributeOf(value: AttributeValue): NativeAttributeValue {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.B !== undefined) return Buffer.from(value.B, 'base64');
  if (value.M !== undefined) return itemOf(value.M);
  if (value.L !== undefined) return value.L.map(attributeOf);
  if (value.SS !== undefined) return new Set(value.SS);
  if (value.NS !== undefined) return new Set(value.NS.map(Number));
  if (value.BS !== undefined) return new Set(value.BS.map((bytes) => Buffer.from(bytes, 'base64')));
  return null;
}

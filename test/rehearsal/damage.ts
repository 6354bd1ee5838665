import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { DeleteObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { overSdk } from '#adapters/dynamo/sdk-client.ts';
import type { Recovery } from '#bin/restore/restore.ts';
import { itemsOf } from '#bin/restore/scan.ts';
import { dynamoDbClient } from '#local/test/helpers/dynamodb.ts';
import type { TestStack } from '#local/test/helpers/stack.ts';

/** Does what nobody should: deletes the heads of all conversations, and all files. Returns how many of each there were. */
export async function damage({ world }: TestStack, { tables, mediaBucket }: Recovery): Promise<string> {
  const { credentials } = world;
  const client = dynamoDbClient(await world.endpoint('DYNAMODB'), { credentials });
  let heads = 0;
  for await (const { pk, sk } of itemsOf(overSdk(client), tables.Messages)) {
    if (sk !== 'head') continue;
    await client.send(new DeleteItemCommand({ TableName: tables.Messages, Key: { pk: { S: pk }, sk: { S: sk } } }));
    heads += 1;
  }
  const endpoint = await world.endpoint('S3');
  const s3 = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: mediaBucket }));
  for (const { Key } of Contents) await s3.send(new DeleteObjectCommand({ Bucket: mediaBucket, Key }));
  return `${heads} conversations and ${Contents.length} objects are destroyed`;
}

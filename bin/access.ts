import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Access } from '#adapters/aws/environment.ts';

/** How our own clients act as the one who runs a tool: with what an SDK client has found, which is valid for the next minutes. */
export async function accessOf({ config }: DynamoDBClient): Promise<Access> {
  const [region, { accessKeyId, secretAccessKey, sessionToken }] = [await config.region(), await config.credentials()];
  const found = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
  return { region, credentials: () => found };
}

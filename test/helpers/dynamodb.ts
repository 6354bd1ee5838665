import { createClient, type DynamoDb } from '#adapters/dynamo/client.ts';
import { credentials } from '#local/test/helpers/world.ts';

/** The client of the functions, for a local DynamoDB. */
export function dynamoDbAt(endpoint: string): DynamoDb {
  return createClient({ endpoint, region: 'us-east-1', credentials: () => credentials });
}

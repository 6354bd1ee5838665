import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** The client of one environment. Short timeouts: a hung connection is given up early enough to be tried again. */
export function createClient(): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: 4,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000 },
  });
}

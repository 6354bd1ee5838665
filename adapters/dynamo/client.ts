import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/**
 * Creates the DynamoDB client of one function environment. It tries a call four times at most, and gives up a connection that
 * hangs after 3 seconds, so that there is time left to try again.
 */
export function createClient(): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: 4,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000 },
  });
}

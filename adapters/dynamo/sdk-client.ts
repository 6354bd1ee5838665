import * as sdk from '@aws-sdk/client-dynamodb';
import { AwsError } from '#adapters/aws/error.ts';
import type { DynamoDb, Operation, Operations } from './client.ts';

const send: {
  readonly [Name in Operation]: (
    client: sdk.DynamoDBClient,
    input: Operations[Name][0],
  ) => Promise<Operations[Name][1]>;
} = {
  BatchGetItem: (client, input) => client.send(new sdk.BatchGetItemCommand(input)),
  BatchWriteItem: (client, input) => client.send(new sdk.BatchWriteItemCommand(input)),
  DeleteItem: (client, input) => client.send(new sdk.DeleteItemCommand(input)),
  DescribeTable: (client, input) => client.send(new sdk.DescribeTableCommand(input)),
  GetItem: (client, input) => client.send(new sdk.GetItemCommand(input)),
  PutItem: (client, input) => client.send(new sdk.PutItemCommand(input)),
  Query: (client, input) => client.send(new sdk.QueryCommand(input)),
  Scan: (client, input) => client.send(new sdk.ScanCommand(input)),
  TransactWriteItems: (client, input) => client.send(new sdk.TransactWriteItemsCommand(input)),
  UpdateItem: (client, input) => client.send(new sdk.UpdateItemCommand(input)),
};

/**
 * DynamoDB by the SDK's client. Tools that run elsewhere than in a function use it, because it finds credentials wherever the `aws`
 * command does, and tests take it for the measure of ours.
 */
export function overSdk(client: sdk.DynamoDBClient): DynamoDb {
  return {
    async call(operation, input) {
      try {
        const output = await send[operation](client, JSON.parse(JSON.stringify(input), toBytes));
        return JSON.parse(JSON.stringify(output, toJson));
      } catch (error) {
        throw error instanceof sdk.DynamoDBServiceException ? asAwsError(error) : error;
      }
    },
  };
}

function asAwsError(error: sdk.DynamoDBServiceException): AwsError {
  const { name, message, $metadata, $response, $fault, ...answer } = error;
  return new AwsError(name, message, $metadata.httpStatusCode ?? 0, JSON.stringify(answer, toJson));
}

/** Only an attribute value has a text as its `B`, or a list of texts as its `BS`: an attribute of that name has an object. */
function toBytes(name: string, value: unknown): unknown {
  if (name === 'B' && typeof value === 'string') return Buffer.from(value, 'base64');
  if (name === 'BS' && Array.isArray(value)) return value.map((base64) => Buffer.from(base64, 'base64'));
  return value;
}

function toJson(name: string, value: unknown): unknown {
  if (name === '$metadata') return undefined;
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}

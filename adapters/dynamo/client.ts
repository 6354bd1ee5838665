import type * as sdk from '@aws-sdk/client-dynamodb';
import type { AttributeValue } from 'aws-lambda';
import type { Access } from '#adapters/aws/environment.ts';
import { createJsonClient } from '#adapters/aws/json-client.ts';

/** What the operations that are used here take and answer, in the SDK's types. */
export interface Operations {
  BatchGetItem: [sdk.BatchGetItemCommandInput, sdk.BatchGetItemCommandOutput];
  BatchWriteItem: [sdk.BatchWriteItemCommandInput, sdk.BatchWriteItemCommandOutput];
  DeleteItem: [sdk.DeleteItemCommandInput, sdk.DeleteItemCommandOutput];
  DescribeTable: [sdk.DescribeTableCommandInput, { Table?: { TableSizeBytes?: number | undefined } | undefined }];
  GetItem: [sdk.GetItemCommandInput, sdk.GetItemCommandOutput];
  PutItem: [sdk.PutItemCommandInput, sdk.PutItemCommandOutput];
  Query: [sdk.QueryCommandInput, sdk.QueryCommandOutput];
  Scan: [sdk.ScanCommandInput, sdk.ScanCommandOutput];
  TransactWriteItems: [sdk.TransactWriteItemsCommandInput, sdk.TransactWriteItemsCommandOutput];
  UpdateItem: [sdk.UpdateItemCommandInput, sdk.UpdateItemCommandOutput];
}

/** A type of the SDK as it is in DynamoDB's JSON: bytes are in base64. */
type Wire<T> = T extends sdk.AttributeValue ? AttributeValue : { [Name in keyof T]: Wire<T[Name]> };

export type Operation = keyof Operations;
export type Input<Name extends Operation> = Wire<Operations[Name][0]>;
export type Output<Name extends Operation> = Wire<Operations[Name][1]>;

/** DynamoDB. A call that failed rejects with an `AwsError`, after retries of what can pass. */
export interface DynamoDb {
  call<Name extends Operation>(operation: Name, input: Input<Name>): Promise<Output<Name>>;
}

/** Creates the DynamoDB client of one function environment. What it answers isn't checked further: DynamoDB is trusted. */
export function createClient(access: Access = {}): DynamoDb {
  const call = createJsonClient('dynamodb', access);
  return { call };
}

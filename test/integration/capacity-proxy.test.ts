import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCapacityProxy } from '#bench/capacity-proxy.ts';
import { createTable, dynamoDbClient, startDynamoDb } from '#local/test/helpers/dynamodb.ts';

const TableName = 'table';
const item = (pk: string, size: number) => ({ pk: { S: pk }, data: { S: 'x'.repeat(size) } });
const capacity = { calls: 0, readUnits: 0, writeUnits: 0 };
let database: Awaited<ReturnType<typeof startDynamoDb>>;
let proxy: Awaited<ReturnType<typeof startCapacityProxy>>;
let client: DynamoDBClient;

beforeAll(async () => {
  database = await startDynamoDb();
  proxy = await startCapacityProxy(database.endpoint, capacity);
  client = dynamoDbClient(proxy.endpoint);
  await createTable(client, {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  });
  for (const pk of ['a', 'b']) await client.send(new PutItemCommand({ TableName, Item: item(pk, 100) }));
});

afterAll(async () => {
  client.destroy();
  await proxy.stop();
  await database.stop();
});

async function used(call: () => Promise<unknown>) {
  const { calls, readUnits, writeUnits } = capacity;
  await call();
  return [capacity.calls - calls, capacity.readUnits - readUnits, capacity.writeUnits - writeUnits];
}

// AWS: "DynamoDB on-demand capacity mode" and "DynamoDB read and write operations"
test('calls and units are those that DynamoDB charges', async () => {
  const Key = { pk: { S: 'a' } };
  const Keys = [Key, { pk: { S: 'b' } }];
  const put = (pk: string, size: number) => new PutItemCommand({ TableName, Item: item(pk, size) });
  expect(await used(() => client.send(put('c', 100)))).toEqual([1, 0, 1]);
  expect(await used(() => client.send(put('c', 1_500)))).toEqual([1, 0, 2]);
  expect(await used(() => client.send(new GetItemCommand({ TableName, Key })))).toEqual([1, 0.5, 0]);
  expect(await used(() => client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true })))).toEqual([
    1, 1, 0,
  ]);
  const batch = new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys } } });
  expect(await used(() => client.send(batch))).toEqual([1, 1, 0]);
  const query = new QueryCommand({
    TableName,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: 'a' } },
  });
  expect(await used(() => client.send(query))).toEqual([1, 0.5, 0]);
  const transaction = new TransactWriteItemsCommand({
    TransactItems: [{ Put: { TableName, Item: item('d', 10) } }, { Put: { TableName, Item: item('e', 10) } }],
  });
  expect(await used(() => client.send(transaction))).toEqual([1, 0, 4]);
});

test('a write that its condition refuses counts, too', async () => {
  const put = new PutItemCommand({
    TableName,
    Item: item('a', 10),
    ConditionExpression: 'attribute_not_exists(pk)',
  });
  const refused = async () => expect(client.send(put)).rejects.toBeInstanceOf(ConditionalCheckFailedException);
  expect(await used(refused)).toEqual([1, 0, 1]);
});

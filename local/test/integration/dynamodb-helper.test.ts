import { QueryCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { createTable, dynamoDbClient, startDynamoDb } from '../helpers/dynamodb.ts';

async function start() {
  const server = await startDynamoDb();
  const client = dynamoDbClient(server.endpoint);
  await createTable(client, {
    TableName: 'parcels',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  });
  return { server, client };
}

test('a request that only dynalite refuses fails, and so does the end of its database', async () => {
  const { server, client } = await start();
  const check = { TableName: 'parcels', Key: { id: { S: 'a' } }, ConditionExpression: 'attribute_type(a, b)' };
  const refused = client.send(new TransactWriteItemsCommand({ TransactItems: [{ ConditionCheck: check }] }));
  await expect(refused).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringMatching(/^dynalite: Invalid ConditionExpression: Incorrect operand type/),
  });
  await expect(server.stop()).rejects.toThrow('AWS would refuse:\nTransactWriteItems: dynalite: Invalid');
});

test('the end of a database fails for what the guard refused, even if nobody minded the error', async () => {
  const { server, client } = await start();
  const query = new QueryCommand({
    TableName: 'parcels',
    KeyConditionExpression: 'id = :id',
    ExpressionAttributeValues: { ':id': { S: '' } },
  });
  await client.send(query).catch(() => {});
  await expect(server.stop()).rejects.toThrow('AWS would refuse:\nQuery: One or more parameter values');
});

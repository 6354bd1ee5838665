import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';

const client = new DynamoDBClient({});
const TableName = process.env['TABLE'];

export async function put(id: string, state: string): Promise<void> {
  await client.send(new PutItemCommand({ TableName, Item: { id: { S: id }, state: { S: state } } }));
}

export async function get(id: string): Promise<string | undefined> {
  const { Item } = await client.send(new GetItemCommand({ TableName, Key: { id: { S: id } } }));
  return Item?.['state']?.S;
}

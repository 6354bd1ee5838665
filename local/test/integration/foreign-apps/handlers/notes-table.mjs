import {
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';

const client = new DynamoDBClient({});
const TableName = process.env.TABLE;

export const note = (id, value = '') =>
  client.send(new PutItemCommand({ TableName, Item: { id: { S: id }, value: { S: value } } }));
export const forget = (id) => client.send(new DeleteItemCommand({ TableName, Key: { id: { S: id } } }));
export const ids = async () => (await client.send(new ScanCommand({ TableName }))).Items.map(({ id }) => id.S);
export const find = async (id) =>
  (await client.send(new GetItemCommand({ TableName, Key: { id: { S: id } } }))).Item?.value.S;

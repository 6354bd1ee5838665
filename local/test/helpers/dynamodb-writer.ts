/** Starts a DynamoDB on the given file and prints its address. Then it writes items for ever, and prints each acknowledged id. */
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { startDynamoDb } from '../../services/dynamodb/server.ts';
import { createTable, dynamoDbClient } from './dynamodb.ts';

const server = await startDynamoDb({ file: process.argv[2] ?? '', log: console });
console.log(server.endpoint);
const client = dynamoDbClient(server.endpoint);
await createTable(client, {
  TableName: 'parcels',
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
});

async function write(writer: string): Promise<never> {
  for (let i = 0; ; i++) {
    const id = `${writer}-${i}`;
    await client.send(new PutItemCommand({ TableName: 'parcels', Item: { id: { S: id } } }));
    console.log(id);
  }
}
await Promise.all(['a', 'b', 'c', 'd'].map(write));

import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';

const client = new DynamoDBClient();
const TableName = process.env.TABLE;
const write = (guest) => client.send(new PutItemCommand({ TableName, Item: { guest: { S: guest } } }));

/** POST writes the guest in the body down, and anything else answers with all guests. */
export async function serve({ body, requestContext }) {
  if (requestContext.http.method === 'POST') {
    await write(body);
    return { statusCode: 201 };
  }
  const { Items } = await client.send(new ScanCommand({ TableName }));
  return Items.map(({ guest }) => guest.S).sort();
}

export async function copy({ Records }) {
  for (const { body } of Records) await write(body);
}

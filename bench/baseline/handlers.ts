import {
  ApiGatewayManagementApiClient,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { DeleteItemCommand, DynamoDBClient, PutItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';

const { CONNECTIONS_TABLE = '', MESSAGES_TABLE = '', CALLBACK_URL } = process.env;
const database = new DynamoDBClient({});
const gateway = new ApiGatewayManagementApiClient(CALLBACK_URL === undefined ? {} : { endpoint: CALLBACK_URL });

interface ConnectEvent extends APIGatewayProxyWebsocketEventV2 {
  readonly queryStringParameters?: Readonly<Record<string, string>>;
}

export async function connect({ requestContext, queryStringParameters }: ConnectEvent) {
  const room = { S: queryStringParameters?.['room'] ?? '' };
  const Item = { connectionId: { S: requestContext.connectionId }, room };
  await database.send(new PutItemCommand({ TableName: CONNECTIONS_TABLE, Item }));
  return { statusCode: 200 };
}

export async function disconnect({ requestContext }: APIGatewayProxyWebsocketEventV2) {
  await forget(requestContext.connectionId);
  return { statusCode: 200 };
}

/** Stores a message, posts it to all connections of its room but the sender's, and answers with its id. */
export async function send({
  requestContext,
  body = '',
}: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> {
  const { id, room, text } = JSON.parse(body);
  await database.send(
    new PutItemCommand({ TableName: MESSAGES_TABLE, Item: { room: { S: room }, id: { S: id }, text: { S: text } } }),
  );
  const Data = JSON.stringify({ id, room, text });
  const posts: Promise<void>[] = [];
  const scan = {
    TableName: CONNECTIONS_TABLE,
    FilterExpression: 'room = :room',
    ExpressionAttributeValues: { ':room': { S: room } },
  };
  for await (const { Items = [] } of paginateScan({ client: database }, scan))
    for (const { connectionId } of Items)
      if (connectionId?.S !== requestContext.connectionId) posts.push(post(connectionId?.S ?? '', Data));
  await Promise.all(posts);
  return { statusCode: 200, body: JSON.stringify({ re: id }) };
}

async function post(ConnectionId: string, Data: string): Promise<void> {
  try {
    await gateway.send(new PostToConnectionCommand({ ConnectionId, Data }));
  } catch (error) {
    if (!(error instanceof GoneException)) throw error;
    await forget(ConnectionId);
  }
}

function forget(connectionId: string) {
  return database.send(
    new DeleteItemCommand({ TableName: CONNECTIONS_TABLE, Key: { connectionId: { S: connectionId } } }),
  );
}

import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import type {
  APIGatewayEventWebsocketRequestContextV2,
  APIGatewayProxyWebsocketEventV2WithRequestContext,
} from 'aws-lambda';
import { put } from './parcels.ts';

type Event = APIGatewayProxyWebsocketEventV2WithRequestContext<
  APIGatewayEventWebsocketRequestContextV2 & { authorizer?: { driver: string } }
>;
const management = new ApiGatewayManagementApiClient({ endpoint: process.env['CALLBACK_URL'] ?? '' });

/** Notes where the driver is; whoever says `whoami` is told on the socket itself, besides the reply. */
export async function handler({ body, requestContext }: Event) {
  const { eventType, connectionId, authorizer } = requestContext;
  if (eventType !== 'MESSAGE') {
    await put(`van-${authorizer?.driver}`, eventType === 'CONNECT' ? 'on the road' : 'parked');
    return { statusCode: 200 };
  }
  if (body === 'whoami') {
    await management.send(
      new PostToConnectionCommand({ ConnectionId: connectionId, Data: `you are ${authorizer?.driver}` }),
    );
  }
  return { statusCode: 200, body: `noted ${body}` };
}

import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { call } from './aws.mjs';
import { note } from './notes-table.mjs';

export async function enter({ requestContext }) {
  await note('socket', requestContext.connectionId);
  return { statusCode: 200 };
}

export async function post({ socket, text }) {
  const { Parameter } = await call('ssm', 'AmazonSSM.GetParameter', { Name: process.env.PARAMETER });
  const client = new ApiGatewayManagementApiClient({ endpoint: Parameter.Value });
  await client.send(new PostToConnectionCommand({ ConnectionId: socket, Data: Buffer.from(text) }));
}

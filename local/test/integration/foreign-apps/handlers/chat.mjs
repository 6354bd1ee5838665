import { ApiGatewayManagementApi } from '@aws-sdk/client-apigatewaymanagementapi';
import { forget, ids, note } from './notes-table.mjs';

const done = { statusCode: 200 };

export async function join({ requestContext }) {
  await note(requestContext.connectionId);
  return done;
}

export async function leave({ requestContext }) {
  await forget(requestContext.connectionId);
  return done;
}

export async function send({ body, requestContext: { domainName, stage } }) {
  const api = new ApiGatewayManagementApi({ endpoint: `https://${domainName}/${stage}` });
  const { text } = JSON.parse(body);
  for (const ConnectionId of await ids()) {
    try {
      await api.postToConnection({ ConnectionId, Data: text });
    } catch (error) {
      if (error.$metadata?.httpStatusCode !== 410) throw error;
      await forget(ConnectionId);
    }
  }
  return done;
}

import { expect, test } from 'vitest';
import { startGateway } from '../helpers/websocket-gateway.ts';

const handlers = { any: () => ({ statusCode: 200 }) };
const routes = { $connect: { handler: 'any' }, $default: { handler: 'any' }, $disconnect: { handler: 'any' } };
const anId = expect.stringMatching(/^[\w-]{15}=$/);

const host = 'a1b2c3d4e5.execute-api.us-east-1.amazonaws.com';
const context = {
  requestId: anId,
  extendedRequestId: anId,
  requestTime: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
  requestTimeEpoch: expect.any(Number),
  messageDirection: 'IN',
  stage: 'v1',
  connectedAt: expect.any(Number),
  identity: { sourceIp: '127.0.0.1', userAgent: 'test' },
  domainName: host,
  connectionId: anId,
  apiId: 'a1b2c3d4e5',
};

// AWS: "Set up a WebSocket API integration request in API Gateway" and, for the variables of requestContext,
// "WebSocket API mapping template reference for API Gateway"
test('the events of a socket have the form that AWS gives them', async () => {
  await using gateway = await startGateway({ handlers, routes, stage: { StageVariables: { color: 'blue' } } });
  const socket = await gateway.connect('?a=1', [], { headers: { 'User-Agent': 'test', 'x-Mine': '1' } });
  socket.send('hello');
  await expect.poll(() => gateway.eventsOf('any')).toHaveLength(2);
  socket.webSocket.close(4000, 'enough');
  await expect.poll(() => gateway.eventsOf('any')).toHaveLength(3);

  const [connect, message, disconnect] = gateway.eventsOf('any');
  expect(connect).toEqual({
    headers: expect.objectContaining({ Host: host, 'x-Mine': '1', 'X-Forwarded-For': '127.0.0.1' }),
    multiValueHeaders: expect.objectContaining({ 'x-Mine': ['1'] }),
    queryStringParameters: { a: '1' },
    multiValueQueryStringParameters: { a: ['1'] },
    stageVariables: { color: 'blue' },
    requestContext: { ...context, routeKey: '$connect', eventType: 'CONNECT' },
    isBase64Encoded: false,
  });
  expect(message).toEqual({
    stageVariables: { color: 'blue' },
    requestContext: { ...context, routeKey: '$default', eventType: 'MESSAGE', messageId: anId },
    body: 'hello',
    isBase64Encoded: false,
  });
  expect(disconnect).toEqual({
    headers: { Host: host, 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' },
    multiValueHeaders: { Host: [host], 'x-api-key': [''], 'X-Forwarded-For': [''], 'x-restapi': [''] },
    stageVariables: { color: 'blue' },
    requestContext: {
      ...context,
      routeKey: '$disconnect',
      eventType: 'DISCONNECT',
      disconnectStatusCode: 4000,
      disconnectReason: 'enough',
    },
    isBase64Encoded: false,
  });
  const ids = gateway.eventsOf('any').map(({ requestContext }) => requestContext.connectionId);
  expect(new Set(ids).size).toBe(1);
});

test('an upgrade without query has no query fields, and a stage without variables no stageVariables', async () => {
  await using gateway = await startGateway({ handlers, routes });
  await gateway.connect();
  expect(Object.keys(gateway.eventsOf('any')[0] ?? {}).sort()).toEqual([
    'headers',
    'isBase64Encoded',
    'multiValueHeaders',
    'requestContext',
  ]);
});

test('of a repeated header or query parameter all values come, and the last by itself', async () => {
  const connect = () => ({ statusCode: 403 });
  await using gateway = await startGateway({ handlers: { connect }, routes: { $connect: { handler: 'connect' } } });
  await gateway.refusal('/v1?q=a&q=b', { 'X-Twice': ['1', '2'] });
  expect(gateway.eventsOf('connect')[0]).toMatchObject({
    headers: { 'X-Twice': '2' },
    multiValueHeaders: { 'X-Twice': ['1', '2'] },
    queryStringParameters: { q: 'b' },
    multiValueQueryStringParameters: { q: ['a', 'b'] },
  });
});

// The connection's id and time of connection stay the same; requests and messages have ids of their own.
test('every event has its own request id', async () => {
  await using gateway = await startGateway({ handlers, routes });
  const socket = await gateway.connect();
  for (let i = 0; i < 10; i++) socket.send('hello');
  await expect.poll(() => gateway.eventsOf('any')).toHaveLength(11);
  const contexts = gateway.eventsOf('any').map(({ requestContext }) => requestContext);
  expect(new Set(contexts.map(({ requestId }) => requestId)).size).toBe(11);
  expect(new Set(contexts.map(({ connectedAt }) => connectedAt)).size).toBe(1);
});

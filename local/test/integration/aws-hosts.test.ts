import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { functionResource, tableResource, writeAssembly } from '../helpers/assembly.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';
import { TestSocket } from '../helpers/websocket-client.ts';

/** Code that makes its endpoint from the event, with the SDK of the runtime, and knows no variable of the stack. */
const chat = `
for (const name of Object.keys(process.env)) if (name.startsWith('AWS_ENDPOINT_URL')) delete process.env[name];
const { ApiGatewayManagementApiClient, PostToConnectionCommand } = require('@aws-sdk/client-apigatewaymanagementapi');
exports.handler = async ({ body, requestContext: { domainName, stage, connectionId, routeKey } }) => {
  if (routeKey !== '$default') return { statusCode: 200 };
  const client = new ApiGatewayManagementApiClient({ endpoint: 'https://' + domainName + '/' + stage });
  await client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: domainName + ' got ' + body }));
  return { statusCode: 200 };
};`;

/** Calls what the event says, by a client of its choice. Names are looked up by nobody. */
const caller = `
for (const name of Object.keys(process.env)) if (name.startsWith('AWS_ENDPOINT_URL')) delete process.env[name];
import dns from 'node:dns';
import * as http from 'node:http';
import * as https from 'node:https';
import * as http2 from 'node:http2';
import { connect } from 'node:tls';
let lookups = 0;
const { lookup } = dns;
dns.lookup = (...all) => (lookups += 1, lookup(...all));
const read = (request) => new Promise((resolve, reject) => {
  request.on('error', reject).on('response', async (answer) => {
    if (!answer.statusCode) { let text = ''; request.on('data', (c) => (text += c)).on('end', () => resolve(text)); return; }
    resolve(answer.statusCode + ' ' + Buffer.concat(await Array.fromAsync(answer)));
  }).end();
});
const clients = {
  'https.get': (url) => read(https.request(url)),
  'an agent': (url) => read(https.request(url, { agent: new https.Agent({ keepAlive: true }) })),
  'http.get': (url) => read(http.request(url.replace('https', 'http'))),
  fetch: async (url) => { const answer = await fetch(url); return answer.status + ' ' + (await answer.text()); },
  http2: (url) => {
    const session = http2.connect(url);
    const request = session.request({ ':path': new URL(url).pathname });
    return read(request).finally(() => session.close());
  },
  tls: (url) => new Promise((resolve, reject) => {
    const { hostname, pathname } = new URL(url);
    let text = '';
    const socket = connect(443, hostname, { servername: hostname }, () =>
      socket.write('GET ' + pathname + ' HTTP/1.1\\r\\nHost: ' + hostname + '\\r\\nConnection: close\\r\\n\\r\\n'));
    socket.on('error', reject).on('data', (c) => (text += c)).on('end', () => resolve(text));
  }),
  sdk: async ([module, client, command, input]) => {
    const sdk = await import('@aws-sdk/client-' + module);
    try { return await new sdk[client]({ maxAttempts: 1 }).send(new sdk[command](input)); }
    catch (error) { return error.name + ': ' + error.message; }
  },
};
export const handler = async ({ by, to }) => ({ answer: await clients[by](to), lookups });`;

const apiPart = (type: string, api: string, properties: object) => ({
  Type: `AWS::ApiGatewayV2::${type}`,
  Properties: { ApiId: { Ref: api }, ...properties },
});
const route = (api: string, RouteKey: string, integration: string) =>
  apiPart('Route', api, { RouteKey, Target: { 'Fn::Join': ['/', ['integrations', { Ref: integration }]] } });
const uriOf = (fn: string) => ({
  'Fn::Sub': `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/\${${fn}.Arn}/invocations`,
});
const Resources = {
  Chat: functionResource('chat', { Timeout: 20 }),
  Caller: functionResource('caller', { Timeout: 60, MemorySize: 256 }),
  Table: tableResource,
  Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'shelf' } },
  Sockets: {
    Type: 'AWS::ApiGatewayV2::Api',
    Properties: { Name: 'Sockets', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' },
  },
  ToChat: apiPart('Integration', 'Sockets', { IntegrationType: 'AWS_PROXY', IntegrationUri: uriOf('Chat') }),
  Connect: route('Sockets', '$connect', 'ToChat'),
  Default: route('Sockets', '$default', 'ToChat'),
  Live: apiPart('Stage', 'Sockets', { StageName: 'live' }),
  Http: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'Http', ProtocolType: 'HTTP' } },
  ToHello: apiPart('Integration', 'Http', {
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: { 'Fn::GetAtt': ['Hello', 'Arn'] },
    PayloadFormatVersion: '2.0',
  }),
  Hello: functionResource('hello'),
  Any: route('Http', '$default', 'ToHello'),
  Stage: apiPart('Stage', 'Http', { StageName: '$default' }),
};
const Outputs = {
  Url: { Value: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Sockets', 'ApiEndpoint'] }, '/live']] } },
  // Not an address, so that it stays the name on AWS.
  Host: { Value: { 'Fn::Join': ['', [{ Ref: 'Http' }, '.execute-api.us-east-1.amazonaws.com']] } },
};
const code = {
  chat: { 'index.js': chat },
  caller: { 'index.mjs': caller },
  hello: {
    'index.mjs': `export const handler = async ({ headers, rawPath }) => headers.host + ' says hello at ' + rawPath;`,
  },
};

let assembly: string;
let stack: TestStack;
let host: string;
beforeAll(async () => {
  assembly = mkdtempSync(join(tmpdir(), 'hosts-'));
  writeAssembly(assembly, { S: { Resources, Outputs } }, code);
  stack = await startTestStack(assembly);
  host = stack.outputs['S']?.['Host'] ?? '';
});
afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  rmSync(assembly, { recursive: true });
});

const call = async (by: string, to: unknown) => (await stack.functions.invoke('S-Caller', { by, to })).payload;

test('a function answers on the socket by the domain name of the event, which is that of AWS', async () => {
  const socket = new TestSocket(stack.outputs['S']?.['Url'] ?? '', [], {});
  await expect.poll(() => socket.webSocket.readyState).toBe(1);
  socket.send('hello');
  expect(await socket.next()).toMatch(/^\w{10}\.execute-api\.us-east-1\.amazonaws\.com got hello$/);
  socket.webSocket.close();
});

describe('a name of AWS leads to this stack', () => {
  test.for(['https.get', 'an agent', 'http.get', 'fetch', 'http2', 'tls'])('by %s, without a look-up', async (by) => {
    const { answer, lookups } = Object(await call(by, `https://${host}/door`));
    expect(answer).toContain(`${host} says hello at /door`);
    expect(lookups).toBe(0);
  });

  test('by the SDK, also with the bucket in the name', async () => {
    expect(await call('sdk', ['dynamodb', 'DynamoDB', 'ListTablesCommand', {}])).toMatchObject({
      answer: { TableNames: ['S-Table'] },
    });
    const input = { Bucket: 'shelf', Key: 'a/book', Body: 'words' };
    expect(await call('sdk', ['s3', 'S3', 'PutObjectCommand', input])).toMatchObject({ lookups: 0 });
    expect(await call('sdk', ['s3', 'S3', 'HeadObjectCommand', { Bucket: 'shelf', Key: 'a/book' }])).toMatchObject({
      answer: { ContentLength: 5 },
    });
  });
});

describe('nothing reaches AWS', () => {
  test.for([
    ['sns', 'SNS', 'ListTopicsCommand'],
    ['sqs', 'SQS', 'ListQueuesCommand'],
  ])('%s, which the app has not, is refused by its name', async ([service, client, command]) => {
    const { answer, lookups } = Object(await call('sdk', [service, client, command, {}]));
    expect(answer).toContain(`The local stack does not run ${service}.us-east-1.amazonaws.com`);
    expect(lookups).toBe(0);
    expect(stack.warnings).toContainEqual(expect.stringContaining(`called ${service}.us-east-1.amazonaws.com`));
  });

  test.for([
    'https://elsewhere.execute-api.eu-west-1.amazonaws.com/x',
    'https://d111111abcdef8.cloudfront.net/x',
    'https://abc.lambda-url.us-east-1.on.aws/',
    'https://169.254.169.254/latest/meta-data/',
  ])('%s is refused', async (url) => {
    const { answer, lookups } = Object(await call('fetch', url));
    expect(answer).toMatch(/^501 .*does not run/);
    expect(lookups).toBe(0);
  });
});

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { connect, type Server } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { text } from 'node:stream/consumers';
import { DynamoDBClient, ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ListServicesCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { portsWithoutBrowsers } from '../../services/dynamodb/address.ts';
import { startDynamoDb } from '../../services/dynamodb/server.ts';
import type { ServiceName } from '../../types.ts';
import { functionResource, tableResource, writeAssembly } from '../helpers/assembly.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';

const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const join = (...parts: unknown[]) => ({ 'Fn::Join': ['', parts] });
const api = (id: string, ProtocolType: string, properties: object = {}) => ({
  [id]: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: id, ProtocolType, ...properties } },
  [`${id}Stage`]: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId: { Ref: id }, StageName: 'api' } },
  [`${id}Integration`]: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: { Ref: id },
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: join(
        'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/',
        arnOf('Fn'),
        '/invocations',
      ),
      ...(ProtocolType === 'HTTP' && { PayloadFormatVersion: '2.0' }),
    },
  },
});
const route = (id: string, RouteKey: string) => ({
  Type: 'AWS::ApiGatewayV2::Route',
  Properties: { ApiId: { Ref: id }, RouteKey, Target: join('integrations/', { Ref: `${id}Integration` }) },
});

/** A stack of everything that listens. */
const Resources = {
  Fn: functionResource('code'),
  Table: tableResource,
  Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'queue' } },
  Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'secret', SecretString: 'hidden' } },
  Bucket: {
    Type: 'AWS::S3::Bucket',
    Properties: {
      BucketName: 'bucket',
      CorsConfiguration: { CorsRules: [{ AllowedMethods: ['PUT'], AllowedOrigins: ['https://named.example'] }] },
    },
  },
  ...api('Http', 'HTTP'),
  HttpRoute: route('Http', '$default'),
  ...api('Socket', 'WEBSOCKET', { RouteSelectionExpression: '$request.body.action' }),
  Connect: route('Socket', '$connect'),
  Site: {
    Type: 'AWS::CloudFront::Distribution',
    Properties: {
      DistributionConfig: {
        DefaultRootObject: 'index.html',
        Origins: [
          { Id: 'site', DomainName: { 'Fn::GetAtt': ['Bucket', 'RegionalDomainName'] }, S3OriginConfig: {} },
          {
            Id: 'api',
            DomainName: join({ Ref: 'Http' }, '.execute-api.us-east-1.amazonaws.com'),
            CustomOriginConfig: {},
          },
        ],
        DefaultCacheBehavior: { TargetOriginId: 'site', ViewerProtocolPolicy: 'allow-all' },
        CacheBehaviors: [
          {
            PathPattern: 'api/*',
            TargetOriginId: 'api',
            ViewerProtocolPolicy: 'allow-all',
            AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
          },
        ],
      },
    },
  },
};
const Outputs = {
  Http: { Value: join({ 'Fn::GetAtt': ['Http', 'ApiEndpoint'] }, '/api') },
  Socket: { Value: join({ 'Fn::GetAtt': ['Socket', 'ApiEndpoint'] }, '/api') },
};

/** All services but `@connections`, which is part of an API. The compiler names one that is missing. */
const isService: Record<Exclude<ServiceName, 'APIGATEWAYMANAGEMENTAPI'>, true> = {
  DYNAMODB: true,
  DYNAMODB_STREAMS: true,
  EVENTBRIDGE: true,
  LAMBDA: true,
  S3: true,
  SECRETS_MANAGER: true,
  SESV2: true,
  SNS: true,
  SQS: true,
  SSM: true,
};
const services = Object.keys(isService) as (keyof typeof isService)[];

let assembly: string;
let stack: TestStack;
let invoked: ReturnType<typeof vi.spyOn>;
/** Every server that the stack has opened in this process. What a new service listens on is among them. */
const servers: Server[] = [];
const noteServer = (message: unknown) => void servers.push(Object(message).server);

beforeAll(async () => {
  assembly = fs.mkdtempSync(path.join(os.tmpdir(), 'closed-'));
  const code = { code: { 'index.mjs': `export const handler = async () => ({ statusCode: 200, body: 'invoked' });` } };
  writeAssembly(assembly, { S: { Resources, Outputs } }, code);
  subscribe('tracing:net.server.listen:asyncEnd', noteServer);
  stack = await startTestStack(assembly);
  for (const name of services) await stack.world.endpoint(name);
  unsubscribe('tracing:net.server.listen:asyncEnd', noteServer);
  invoked = vi.spyOn(stack.functions, 'invoke');
});
afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  fs.rmSync(assembly, { recursive: true });
});

const portsOf = () =>
  servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address ? { host: address.address, port: address.port } : undefined;
  });

/** What a request might want of any server. Those with a signature would be right but for the key. */
const wishes: readonly (readonly [method: string, path: string, target?: string])[] = [
  ['GET', '/'],
  ['GET', '/api/any'],
  ['POST', '/api/any'],
  ['OPTIONS', '/'],
  ['GET', '/_local/'],
  ['POST', '/_local/'],
  ['GET', '/_local/data.json'],
  ['GET', '/_local/mails.json'],
  ['GET', '/_local/alarms.json'],
  ['GET', '/_local/dashboards.json'],
  ['GET', '/_local/faults.json'],
  ['POST', '/_local/faults.json'],
  ['GET', '/bucket?list-type=2'],
  ['POST', '/', 'DynamoDB_20120810.ListTables'],
  ['POST', '/', 'AmazonSQS.ListQueues'],
  ['POST', '/', 'secretsmanager.GetSecretValue'],
  ['POST', '/2015-03-31/functions/S-Fn/invocations'],
  ['POST', '/api/@connections/AAAAAAAAAAAAAAA='],
  ['POST', '/v2/email/outbound-emails'],
];

/** Sends a request as it is, and returns all that comes back until the connection is closed. */
async function raw(at: { host: string; port: number }, lines: readonly string[]): Promise<string> {
  const socket = connect(at.port, at.host);
  socket.end(`${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n{}`);
  return text(socket);
}

async function send(url: string, method: string, headers: OutgoingHttpHeaders) {
  const [response]: IncomingMessage[] = await once(request(url, { method, headers }).end(), 'response');
  return { status: response?.statusCode, body: response && (await text(response)), headers: response?.headers ?? {} };
}

describe.each([
  ['under a foreign name', () => ({ Host: 'evil.example' })],
  ['under a foreign name that begins or ends like its own', () => ({ Host: 'localhost.evil.example:3000' })],
  ['of a page of another origin', (host: string) => ({ Host: host, Origin: 'http://evil.example' })],
  ['of a page on another port of this machine', (host: string) => ({ Host: host, Origin: 'http://localhost:1' })],
  ['of a page without an origin', (host: string) => ({ Host: host, Origin: 'null' })],
])('a request %s', (_, headersFor: (host: string) => Record<string, string>) => {
  it('is refused by every server of a stack, whatever it asks for', async () => {
    invoked.mockClear();
    expect(servers.length).toBeGreaterThanOrEqual(8);
    for (const at of portsOf()) {
      if (!at) continue;
      for (const [method, url, target] of wishes) {
        const headers = {
          ...headersFor(`localhost:${at.port}`),
          'Content-Type': 'text/plain',
          'Content-Length': '2',
          ...(target && { 'X-Amz-Target': target }),
        };
        const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
        const answer = await raw(at, [`${method} ${url} HTTP/1.1`, ...lines]);
        expect(answer, `${method} ${url} at ${at.port}`).toMatch(/^HTTP\/1\.1 (400|403) /);
        expect(answer).not.toMatch(/access-control-allow-origin|invoked|hidden|S-Table/i);
      }
    }
    expect(invoked).not.toHaveBeenCalled();
  });

  it('opens no socket', async () => {
    invoked.mockClear();
    const url = new URL(String(stack.outputs['S']?.['Socket']));
    const { Host, Origin } = headersFor(url.host) as { Host: string; Origin?: string };
    const handshake = [
      `GET ${url.pathname} HTTP/1.1`,
      `Host: ${Host}`,
      ...(Origin === undefined ? [] : [`Origin: ${Origin}`]),
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ];
    expect(await raw({ host: '127.0.0.1', port: Number(url.port) }, handshake)).toMatch(/^HTTP\/1\.1 403 /);
    expect(invoked).not.toHaveBeenCalled();
  });
});

it.each(['no-cors', 'navigate'])('a GET that another page hides in %s invokes nothing', async (mode) => {
  invoked.mockClear();
  for (const url of [`${stack.url}/api/any`, `${stack.outputs['S']?.['Http']}/any`])
    for (const site of ['same-site', 'cross-site']) {
      const hidden = { 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': 'iframe' };
      expect((await send(url, 'GET', hidden)).status).toBe(403);
    }
  expect(invoked).not.toHaveBeenCalled();
});

it('a call without a signature, or of another key, gets nothing from a service', async () => {
  invoked.mockClear();
  const guess = 'AWS4-HMAC-SHA256 Credential=local/20261128/us-east-1/x/aws4_request, SignedHeaders=host, Signature=0';
  for (const name of services)
    for (const [method, url, target] of wishes.slice(5))
      for (const authorization of [undefined, guess]) {
        const headers = { ...(authorization && { authorization }), ...(target && { 'x-amz-target': target }) };
        const { status, body } = await send((await stack.world.endpoint(name)) + url, method, headers);
        expect(status, `${name} ${method} ${url}`).toBeGreaterThanOrEqual(400);
        expect(body).not.toMatch(/hidden|S-Table/);
      }
  expect(invoked).not.toHaveBeenCalled();
});

describe('what is public stays so', () => {
  it('for programs, and for links that somebody follows', async () => {
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    for (const headers of [{}, link])
      for (const url of [`${stack.url}/api/any`, `${stack.outputs['S']?.['Http']}/any`])
        expect(await send(url, 'GET', headers)).toMatchObject({ status: 200, body: 'invoked' });
  });

  it("for the app's own pages", async () => {
    const headers = { origin: stack.url, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' };
    expect(await send(`${stack.outputs['S']?.['Http']}/any`, 'POST', headers)).toMatchObject({ body: 'invoked' });
    const socket = new WebSocket(`${stack.outputs['S']?.['Socket']}`, { origin: stack.url });
    await once(socket, 'open');
    socket.terminate();
  });
});

// "Service-specific endpoints" in the AWS SDKs and Tools reference guide.
describe('the files for the aws command and for programs', () => {
  const clients: { destroy(): void }[] = [];
  const made = <T extends { destroy(): void }>(client: T): T => {
    clients.push(client);
    return client;
  };
  afterAll(() => {
    vi.unstubAllEnvs();
    for (const client of clients) client.destroy();
  });

  it('are readable for their owner only', () => {
    for (const file of [stack.awsConfig, stack.awsVariables]) expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  const variables = () =>
    fs
      .readFileSync(stack.awsVariables, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split('='));
  it.each([
    ['configuration', () => Object.entries({ AWS_CONFIG_FILE: stack.awsConfig, AWS_PROFILE: 'local' })],
    ['variables', variables],
  ])('have all that a client needs, as %s', async (_, environment) => {
    vi.unstubAllEnvs();
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
    for (const [name = '', value = ''] of environment()) vi.stubEnv(name, value);
    const tables = await made(new DynamoDBClient()).send(new ListTablesCommand({}));
    expect(tables.TableNames).toEqual(['S-Table']);
    const queue = await made(new SQSClient()).send(new GetQueueUrlCommand({ QueueName: 'queue' }));
    expect(queue.QueueUrl).toContain('/queue');
    const SecretId = 'secret';
    const secret = await made(new SecretsManagerClient()).send(new GetSecretValueCommand({ SecretId }));
    expect(secret.SecretString).toBe('hidden');
    const list = await made(new S3Client()).send(new ListObjectsV2Command({ Bucket: 'bucket' }));
    expect(list.KeyCount).toBe(0);
    const lambda = made(new LambdaClient());
    const { StatusCode } = await lambda.send(new InvokeCommand({ FunctionName: 'S-Fn', Payload: '{}' }));
    expect(StatusCode).toBe(200);
    const unknown = made(new ServiceQuotasClient()).send(new ListServicesCommand({}));
    await expect(unknown).rejects.toThrow(
      "The local stack does not run the service servicequotas, or the app doesn't use it.",
    );
  });

  it('have a new key at each start', async () => {
    const before = new DynamoDBClient({
      endpoint: await stack.world.endpoint('DYNAMODB'),
      region: 'us-east-1',
      credentials: { ...stack.world.credentials, secretAccessKey: 'of another start' },
    });
    await expect(before.send(new ScanCommand({ TableName: 'S-Table' }))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
    before.destroy();
  });
});

// "Port blocking" in the Fetch standard, which Node.js's fetch has as browsers do.
describe('dynoxide, which refuses nobody', () => {
  it('listens where browsers open no connections', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dynoxide-'));
    const server = await startDynamoDb({ file: path.join(folder, 'dynamodb.sqlite'), log: console });
    expect((await send(server.endpoint, 'GET', {})).status).toBeLessThan(500);
    await expect(fetch(server.endpoint)).rejects.toMatchObject({ cause: { message: 'bad port' } });
    await server.stop();
    fs.rmSync(folder, { recursive: true });
  });

  it.each(portsWithoutBrowsers)('port %i is such a port', async (port) => {
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toMatchObject({ cause: { message: 'bad port' } });
  });
});

import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { functionResource, tableResource, writeAssembly } from '../helpers/assembly.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';
import { TestSocket } from '../helpers/websocket-client.ts';

/** Keeps what it is told in a table, and answers with all that is there, after a word of its own. */
const keeper = (word: string) => `
  import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
  const client = new DynamoDBClient();
  const TableName = process.env.TABLE;
  export const handler = async ({ body, requestContext }) => {
    if (requestContext.routeKey !== '$default') return { statusCode: 200 };
    await client.send(new PutItemCommand({ TableName, Item: { id: { S: body } } }));
    const { Items } = await client.send(new ScanCommand({ TableName }));
    return { statusCode: 200, body: '${word}: ' + Items.map(({ id }) => id.S).sort() };
  };`;

const Resources = {
  Table: tableResource,
  Keeper: functionResource('keeper', { Environment: { Variables: { TABLE: { Ref: 'Table' } } } }),
  Counter: functionResource('counter'),
  Api: {
    Type: 'AWS::ApiGatewayV2::Api',
    Properties: { Name: 'Api', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' },
  },
  Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId: { Ref: 'Api' }, StageName: 'v1' } },
  Integration: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: { Ref: 'Api' },
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: {
        'Fn::Join': [
          '',
          [
            'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/',
            { 'Fn::GetAtt': ['Keeper', 'Arn'] },
            '/invocations',
          ],
        ],
      },
    },
  },
  Route: {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ApiId: { Ref: 'Api' },
      RouteKey: '$default',
      RouteResponseSelectionExpression: '$default',
      Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
    },
  },
  RouteResponse: {
    Type: 'AWS::ApiGatewayV2::RouteResponse',
    Properties: { ApiId: { Ref: 'Api' }, RouteId: { Ref: 'Route' }, RouteResponseKey: '$default' },
  },
  Bucket: { Type: 'AWS::S3::Bucket' },
  Files: {
    Type: 'Custom::CDKBucketDeployment',
    Properties: {
      ServiceToken: 'arn:aws:lambda:us-east-1:000000000000:function:provider',
      SourceBucketNames: ['assets'],
      SourceObjectKeys: ['page.zip'],
      DestinationBucketName: { Ref: 'Bucket' },
    },
  },
  Page: {
    Type: 'AWS::CloudFront::Distribution',
    Properties: {
      DistributionConfig: {
        DefaultRootObject: 'index.html',
        Origins: [{ Id: 'files', DomainName: { 'Fn::GetAtt': ['Bucket', 'DomainName'] }, S3OriginConfig: {} }],
        DefaultCacheBehavior: { TargetOriginId: 'files', ViewerProtocolPolicy: 'allow-all' },
      },
    },
  },
};

let assembly: string;
let stack: TestStack;

beforeEach(async () => {
  assembly = fs.mkdtempSync(path.join(os.tmpdir(), 'watch-'));
  writeAssembly(
    assembly,
    { S: { Resources, Outputs: { Url: { Value: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } } } } },
    {
      keeper: { 'index.mjs': keeper('old') },
      counter: { 'index.mjs': 'let n = 0; export const handler = async () => ++n;' },
      page: { 'index.html': 'old', 'old.txt': '' },
    },
  );
  stack = await startTestStack(assembly, { watch: true });
});

afterEach(async () => {
  await stack[Symbol.asyncDispose]();
  fs.rmSync(assembly, { recursive: true });
});

const asset = (name: string) => path.join(assembly, `asset.${name}`);

it('New code takes the next events; open sockets, data and the workers of other functions stay', async () => {
  const socket = new TestSocket(`${stack.outputs['S']?.['Url']}/v1`, [], {});
  await once(socket.webSocket, 'open');
  const ask = (text: string) => {
    socket.send(text);
    return socket.next();
  };
  expect(await ask('a')).toBe('old: a');
  expect((await stack.functions.invoke('S-Counter', {})).payload).toBe(1);

  fs.writeFileSync(path.join(asset('keeper'), 'index.mjs'), keeper('new'));
  await expect.poll(() => ask('b')).toBe('new: a,b');
  expect((await stack.functions.invoke('S-Counter', {})).payload).toBe(2);
  socket.webSocket.close();
});

it('New code in a folder below the function’s own counts, too', async () => {
  fs.mkdirSync(path.join(asset('counter'), 'lib'));
  fs.writeFileSync(path.join(asset('counter'), 'lib/word.mjs'), `export const word = 'one';`);
  const code = `import { word } from './lib/word.mjs'; export const handler = async () => word;`;
  fs.writeFileSync(path.join(asset('counter'), 'index.mjs'), code);
  const answer = async () => (await stack.functions.invoke('S-Counter', {})).payload;
  await expect.poll(answer).toBe('one');
  fs.writeFileSync(path.join(asset('counter'), 'lib/word.mjs'), `export const word = 'two';`);
  await expect.poll(answer).toBe('two');
});

it('A file that is replaced by another, as builds and editors do, counts each time', async () => {
  const file = path.join(asset('counter'), 'index.mjs');
  for (const word of ['one', 'two', 'three']) {
    fs.writeFileSync(`${file}.new`, `export const handler = async () => '${word}';`);
    fs.renameSync(`${file}.new`, file);
    await expect.poll(async () => (await stack.functions.invoke('S-Counter', {})).payload).toBe(word);
  }
});

it('New files of a bucket are served, and those that are gone are not', async () => {
  const page = async (file = '') => {
    const response = await fetch(`${stack.url}/${file}`);
    return response.ok ? response.text() : response.status;
  };
  expect([await page(), await page('old.txt')]).toEqual(['old', '']);
  fs.rmSync(path.join(asset('page'), 'old.txt'));
  fs.writeFileSync(path.join(asset('page'), 'index.html'), 'new');
  await expect.poll(() => page()).toBe('new');
  expect(await page('old.txt')).toBe(403);
});

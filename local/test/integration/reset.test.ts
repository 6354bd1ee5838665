import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { callService } from '../../services/call.ts';
import { objectsOf } from '../../services/s3/index.ts';
import { createStack, type RunningStack } from '../../stack.ts';
import { functionResource, tableResource, writeAssembly } from '../helpers/assembly.ts';
import { TestSocket } from '../helpers/websocket-client.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'reset-'));
const attribute = (id: string, name: string) => ({ 'Fn::GetAtt': [id, name] });
const ref = (id: string) => ({ Ref: id });
const uri = (id: string) => ({
  'Fn::Join': [
    '',
    ['arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/', attribute(id, 'Arn'), '/invocations'],
  ],
});

const Resources = {
  Table: {
    ...tableResource,
    Properties: {
      ...tableResource.Properties,
      TableName: 'letters',
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    },
  },
  Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'told' } },
  Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'letters' } },
  Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'seal', SecretString: 'wax' } },
  Parameter: { Type: 'AWS::SSM::Parameter', Properties: { Name: 'stamp', Type: 'String', Value: 'red' } },
  Founder: functionResource('code', { Handler: 'founder.handler', Timeout: 60 }),
  Founded: { Type: 'Custom::Founded', Properties: { ServiceToken: attribute('Founder', 'Arn') } },
  Worker: functionResource('code', { FunctionName: 'worker', Handler: 'worker.handler' }),
  Follower: functionResource('code', {
    FunctionName: 'follower',
    Handler: 'follower.handler',
    Environment: { Variables: { QUEUE: ref('Queue') } },
  }),
  Mapping: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: attribute('Table', 'StreamArn'),
      FunctionName: ref('Follower'),
      StartingPosition: 'LATEST',
    },
  },
  Leaver: functionResource('code', { Handler: 'leaver.handler' }),
  Api: {
    Type: 'AWS::ApiGatewayV2::Api',
    Properties: { Name: 'Api', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' },
  },
  Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId: ref('Api'), StageName: 'v1' } },
  Integration: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: { ApiId: ref('Api'), IntegrationType: 'AWS_PROXY', IntegrationUri: uri('Leaver') },
  },
  Route: {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ApiId: ref('Api'),
      RouteKey: '$disconnect',
      Target: { 'Fn::Join': ['/', ['integrations', ref('Integration')]] },
    },
  },
};

const code = {
  'items.mjs': `
    import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
    const client = new DynamoDBClient();
    export const put = (id) => client.send(new PutItemCommand({ TableName: 'letters', Item: { id: { S: id } } }));`,
  'founder.mjs': `
    import { put } from './items.mjs';
    export const handler = async ({ ResponseURL, RequestId, StackId, LogicalResourceId }) => {
      await put('of the start');
      const answer = { Status: 'SUCCESS', PhysicalResourceId: 'here', RequestId, StackId, LogicalResourceId };
      await fetch(ResponseURL, { method: 'PUT', body: JSON.stringify(answer) });
    };`,
  'worker.mjs': `
    import { put } from './items.mjs';
    let count = 0;
    export const handler = async ({ id }) => { await put(id); return ++count; };`,
  // What comes of "stuck" fails as long as it is tried.
  'follower.mjs': `
    import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
    const client = new SQSClient();
    export const handler = async ({ Records }) => {
      for (const { dynamodb } of Records) {
        const id = dynamodb.Keys.id.S;
        if (id === 'stuck') throw new Error('stuck');
        await client.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE, MessageBody: id }));
      }
    };`,
  'leaver.mjs': `export { handler } from './worker.mjs';`,
};

const log = { info() {}, debug() {}, warn() {} };
let stack: RunningStack;
beforeAll(async () => {
  writeAssembly(folder, { App: { Resources, Outputs: { Url: { Value: attribute('Api', 'ApiEndpoint') } } } }, { code });
  stack = await createStack({ assemblyDir: folder, log });
});
afterEach(() => stack.reset());
afterAll(async () => {
  await stack.stop();
  fs.rmSync(folder, { recursive: true });
});

const scanned = z.object({ Items: z.array(z.object({ id: z.object({ S: z.string() }) })) });
const received = z.object({ Messages: z._default(z.array(z.object({ Body: z.string() })), []) });

async function letters(): Promise<string[]> {
  const { Items } = scanned.parse(await callService(stack.world, 'DynamoDB_20120810.Scan', { TableName: 'letters' }));
  return Items.map(({ id }) => id.S).sort();
}

async function told(): Promise<string[]> {
  const QueueUrl = `${await stack.world.endpoint('SQS')}/${stack.world.account}/told`;
  const input = { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 };
  const { Messages } = received.parse(await callService(stack.world, 'AmazonSQS.ReceiveMessage', input));
  return Messages.map(({ Body }) => Body);
}
const write = (id: string) => stack.functions.invoke('worker', { id });

test('a table has what it had after the start, and its stream begins anew', async () => {
  await write('first');
  await vi.waitFor(async () => expect(await told()).toContain('first'), 10_000);
  await write('stuck');
  await stack.reset();
  expect(await letters()).toEqual(['of the start']);
  expect(await told()).toEqual([]);
  await write('second');
  await vi.waitFor(async () => expect(await told()).toEqual(['second']), 10_000);
});

test('what was on its way when the stack was reset reaches no function', async () => {
  await write('before');
  await stack.reset();
  await write('after');
  await vi.waitFor(async () => expect(await told()).toEqual(['after']), 10_000);
});

test('buckets, secrets and parameters have what they had after the start', async () => {
  const { world } = stack;
  await callService(world, 'secretsmanager.PutSecretValue', { SecretId: 'seal', SecretString: 'gum' });
  await callService(world, 'AmazonSSM.PutParameter', { Name: 'stamp', Value: 'blue', Overwrite: true });
  await callService(world, 'AmazonSSM.PutParameter', { Name: 'new', Value: 'blue', Type: 'String' });
  const objects = objectsOf(world);
  objects.put('letters', 'one', Buffer.from('dear'), {});
  await stack.reset();
  expect(await callService(world, 'secretsmanager.GetSecretValue', { SecretId: 'seal' })).toMatchObject({
    SecretString: 'wax',
  });
  expect(await callService(world, 'AmazonSSM.GetParameters', { Names: ['stamp', 'new'] })).toMatchObject({
    Parameters: [{ Name: 'stamp', Value: 'red' }],
    InvalidParameters: ['new'],
  });
  expect(objects.keys('letters', '')).toEqual([]);
  expect(fs.readdirSync(path.join(world.dataDir, 's3/blobs'))).toEqual([]);
});

test('sockets are closed, and what $disconnect does is undone, too', async () => {
  const socket = new TestSocket(`${stack.outputs['App']?.['Url']}/v1`, [], {});
  await vi.waitFor(() => expect(socket.webSocket.readyState).toBe(1));
  await stack.reset();
  expect(await socket.closed).toMatchObject({ code: 1001 });
  expect(await letters()).toEqual(['of the start']);
  expect(stack.functions.journal.entries).toEqual([]);
});

test('workers stay, and an invocation that runs can end', async () => {
  const { payload } = await write('one');
  const running = write('two');
  await stack.reset();
  expect(await running).toMatchObject({ payload: Number(payload) + 1 });
  expect(await write('three')).toMatchObject({ payload: Number(payload) + 2 });
  await stack.reset();
  expect(await letters()).toEqual(['of the start']);
});

test('a stack whose data folder was given refuses, and one without leaves no folder behind', async () => {
  const dataDir = path.join(folder, 'data');
  const kept = await createStack({ assemblyDir: folder, dataDir });
  await expect(kept.reset()).rejects.toThrow(/The data in .*data stays/);
  await kept.stop();
  expect(fs.existsSync(dataDir)).toBe(true);
  const other = await createStack({ assemblyDir: folder, log });
  await other.stop();
  expect(fs.existsSync(other.world.dataDir)).toBe(false);
});

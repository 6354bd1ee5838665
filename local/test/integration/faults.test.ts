import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { consoleKey } from '../../console/key.ts';
import { serveLocalPages } from '../../console/local-page.ts';
import { handlers as eventSources } from '../../event-sources/index.ts';
import type { FaultInput } from '../../faults/fault.ts';
import { faultPage } from '../../faults/page.ts';
import { serveHttp } from '../../services/http-service.ts';
import { handlers as services, startService } from '../../services/index.ts';
import { dynamoDbClient } from '../helpers/dynamodb.ts';
import { createResource } from '../helpers/resources.ts';
import { signedHeaders } from '../helpers/signed.ts';
import { credentials, type TestWorld, testWorld } from '../helpers/world.ts';

const handlers = [...services, ...eventSources];
const TableName = 'parcels';
const Image = z.object({ id: z.object({ S: z.string() }), version: z.object({ N: z.string() }) });
const Batch = z.object({ Records: z.array(z.object({ dynamodb: z.object({ NewImage: Image }) })) });
/** The batches that the function has got, each as the ids and versions of its records. */
const batches: string[][] = [];
const seen = () => batches.flat();
let world: TestWorld;
let client: DynamoDBClient;
let queueUrl: string;

const put = (id: string, version = 1) =>
  client.send(new PutItemCommand({ TableName, Item: { id: { S: id }, version: { N: String(version) } } }));
const get = async (id: string) =>
  (await client.send(new GetItemCommand({ TableName, Key: { id: { S: id } } }))).Item?.['version']?.N;
const inject = (...faults: FaultInput[]) => world.faults.add(...faults);

beforeAll(async () => {
  world = testWorld({
    startService,
    functions: {
      consumer: (event) => {
        const images = Batch.parse(event).Records.map(({ dynamodb }) => dynamodb.NewImage);
        batches.push(images.map(({ id, version }) => `${id.S}${version.N}`));
      },
    },
  });
  const { attributes } = await createResource(handlers, world, 'AWS::DynamoDB::Table', {
    TableName,
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
  });
  const mapping = { EventSourceArn: attributes?.['StreamArn'], FunctionName: 'consumer' };
  await createResource(handlers, world, 'AWS::Lambda::EventSourceMapping', {
    ...mapping,
    MaximumBatchingWindowInSeconds: 1,
    BatchSize: 6,
  });
  queueUrl = (await createResource(handlers, world, 'AWS::SQS::Queue', { QueueName: 'queue' }, 'Queue')).ref;
  await createResource(handlers, world, 'AWS::S3::Bucket', { BucketName: 'bucket' }, 'Bucket');
  client = dynamoDbClient(await world.endpoint('DYNAMODB'), { maxAttempts: 1 });
  await world.ready();
});
afterEach(() => {
  world.faults.clear();
  batches.length = 0;
});
afterAll(() => world[Symbol.asyncDispose]());

const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 60_000, interval: 20 });
const config = async (service: Parameters<TestWorld['endpoint']>[0]) => ({
  endpoint: await world.endpoint(service),
  region: 'us-east-1',
  credentials,
  maxAttempts: 1,
});

describe('DynamoDB', () => {
  test('can be cut off, and the stream goes on by itself once it is back', async () => {
    await put('before');
    inject({ target: 'DYNAMODB*', kind: 'down' });
    await expect(put('lost')).rejects.toThrow(/socket hang up|ECONNRESET/);
    world.faults.clear();
    await put('after');
    await eventually(() => expect(seen()).toEqual(expect.arrayContaining(['before1', 'after1'])));
    expect(await get('lost')).toBeUndefined();
  });

  test('carries out a write whose answer is lost', async () => {
    inject({ target: 'DYNAMODB', kind: 'lost-answer', operation: 'PutItem' });
    await expect(put('written')).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(await get('written')).toBe('1');
  });

  test('throttles, of which the alarms get to know', async () => {
    inject({ target: 'DYNAMODB', kind: 'throttle' });
    const action = { Put: { TableName, Item: { id: { S: 'a' } } } };
    await expect(put('a')).rejects.toMatchObject({ name: 'ThrottlingException' });
    await expect(get('a')).rejects.toMatchObject({ name: 'ThrottlingException' });
    const batch = new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [{ id: { S: 'a' } }] } } });
    await expect(client.send(batch)).rejects.toMatchObject({ name: 'ThrottlingException' });
    await expect(client.send(new TransactWriteItemsCommand({ TransactItems: [action] }))).rejects.toMatchObject({
      CancellationReasons: [{ Code: 'ThrottlingError' }],
    });
    const sum = (name: string) =>
      world.figures.statistics({ namespace: 'AWS/DynamoDB', name, dimensions: { TableName } }, 'Sum', 120_000, [
        Date.now() + 60_000,
      ]);
    expect([sum('ReadThrottleEvents'), sum('WriteThrottleEvents')]).toEqual([[2], [2]]);
  });

  test('has conflicts of transactions, which reads of one item have not', async () => {
    inject({ target: 'DYNAMODB', kind: 'conflict' });
    const of = (id: string) => ({ Put: { TableName, Item: { id: { S: id } } } });
    const transaction = new TransactWriteItemsCommand({ TransactItems: [of('b'), of('c')] });
    await expect(client.send(transaction)).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'TransactionConflict' }, { Code: 'None' }],
    });
    await expect(put('b')).rejects.toMatchObject({ name: 'TransactionConflictException' });
    expect(await get('b')).toBeUndefined();
  });

  test('does half of a batch, and tells what is left', async () => {
    inject({ target: 'DYNAMODB', kind: 'unprocessed' });
    const keys = ['d', 'e', 'f'].map((id) => ({ id: { S: id } }));
    const puts = keys.map((key) => ({ PutRequest: { Item: { ...key, version: { N: '1' } } } }));
    const written = await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: puts } }));
    expect(written.UnprocessedItems).toEqual({ [TableName]: puts.slice(2) });
    const ask = () => client.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: keys } } }));
    const read = await ask();
    expect(read.Responses?.[TableName]).toHaveLength(2);
    expect(read.UnprocessedKeys?.[TableName]?.Keys).toEqual(keys.slice(2));
    world.faults.clear();
    expect((await ask()).Responses?.[TableName]).toHaveLength(2);
  });

  test('reads and does not write when its disk is full', async () => {
    await put('old');
    inject({ target: 'DYNAMODB', kind: 'full' });
    await expect(put('new')).rejects.toMatchObject({ name: 'InternalServerError' });
    expect(await get('old')).toBe('1');
  });

  test('can be slow', async () => {
    inject({ target: 'DYNAMODB', kind: 'delay', operation: 'PutItem', ms: 300 });
    const order: string[] = [];
    const writing = put('slow').then(() => order.push('put'));
    await get('slow');
    order.push('get');
    await writing;
    expect(order).toEqual(['get', 'put']);
  });
});

describe('a service in this process', () => {
  test('can be cut off', async () => {
    const secrets = new SecretsManagerClient(await config('SECRETS_MANAGER'));
    const read = () => secrets.send(new GetSecretValueCommand({ SecretId: 'none' }));
    inject({ target: 'SECRETS_MANAGER', kind: 'down' });
    await expect(read()).rejects.not.toHaveProperty('name', 'ResourceNotFoundException');
    world.faults.clear();
    await expect(read()).rejects.toHaveProperty('name', 'ResourceNotFoundException');
  });

  test('carries out a request whose answer is lost', async () => {
    const sqs = new SQSClient(await config('SQS'));
    inject({ target: 'SQS', kind: 'lost-answer', operation: 'SendMessage' });
    await expect(sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'a' }))).rejects.toThrow();
    const names = ['ApproximateNumberOfMessages'] as const;
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...names] }),
    );
    expect(Attributes).toMatchObject({ ApproximateNumberOfMessages: '1' });
  });

  test.each([
    ['throttle', { name: 'SlowDown', $metadata: { httpStatusCode: 503 } }],
    ['full', { name: 'InternalError', $metadata: { httpStatusCode: 500 } }],
  ] as const)('says in its own way what is wrong: %s', async (kind, error) => {
    const s3 = new S3Client({ ...(await config('S3')), forcePathStyle: true });
    inject({ target: 'S3', kind });
    await expect(s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'a', Body: 'a' }))).rejects.toMatchObject(error);
  });
});

describe('batches of a stream', () => {
  test('can come twice', async () => {
    inject({ target: 'consumer', kind: 'batch-repeated' });
    await put('twice');
    await eventually(() => expect(seen().filter((id) => id === 'twice1')).toHaveLength(2));
  });

  test('can come late', async () => {
    inject({ target: 'consumer', kind: 'batch-late', ms: 500 });
    await put('late');
    await eventually(() => expect(world.faults.rows).toMatchObject([{ met: 1 }]));
    expect(seen()).toEqual([]);
    await eventually(() => expect(seen()).toEqual(['late1']));
  });

  test('can fail half way, and come again as a whole', async () => {
    inject({ target: 'consumer', kind: 'batch-half-failed' });
    for (const id of ['h', 'i']) await put(id);
    await eventually(() => expect(batches).toContainEqual(['h1']));
    world.faults.clear();
    await eventually(() => expect(batches).toContainEqual(['h1', 'i1']));
  });

  test('can come in another order, but for the records of one item', async () => {
    world.faults.clear(3);
    inject({ target: 'consumer', kind: 'batch-reordered' });
    for (const version of [1, 2]) for (const id of ['x', 'y', 'z']) await put(id, version);
    await eventually(() => expect(seen()).toHaveLength(6));
    for (const id of ['x', 'y', 'z'])
      expect(seen().filter((each) => each.startsWith(id))).toEqual([`${id}1`, `${id}2`]);
    expect(seen()).not.toEqual(['x1', 'y1', 'z1', 'x2', 'y2', 'z2']);
  });
});

describe('the fault table over HTTP', () => {
  const Table = z.object({ seed: z.number(), rows: z.array(z.unknown()) });
  let page: Awaited<ReturnType<typeof serveHttp>>;
  beforeAll(async () => {
    page = await serveHttp(serveLocalPages([faultPage(world.faults)], world));
  });
  afterAll(() => page.stop());

  const change = (body: string, headers = signedHeaders(`${page.endpoint}/_local/faults.json`, 'local', body)) =>
    fetch(`${page.endpoint}/_local/faults.json`, { method: 'POST', body, headers });
  const shown = async () => Table.parse(await (await fetch(`${page.endpoint}/_local/faults.json`)).json());

  test('takes rows from whoever has the key of this start, and shows what met them', async () => {
    const answer = await change(JSON.stringify({ seed: 5, faults: [{ target: 'DYNAMODB', kind: 'throttle' }] }));
    expect(answer.status).toBe(200);
    await expect(put('a')).rejects.toMatchObject({ name: 'ThrottlingException' });
    expect(await shown()).toMatchObject({ seed: 5, rows: [{ fault: { kind: 'throttle', rate: 1 }, met: 1 }] });
    expect(await (await fetch(`${page.endpoint}/_local/faults`)).text()).toContain('1 of 1 events');
  });

  test('takes a row for a minute from the form, of who has the key in a cookie, and removes all', async () => {
    const address = `${page.endpoint}/_local/faults`;
    const send = (form: Record<string, string>, headers: Record<string, string> = {}) =>
      fetch(address, { method: 'POST', body: new URLSearchParams(form), headers, redirect: 'manual' });
    const row = { do: 'add', kind: 'delay', target: 'DYNAMODB', ms: '1', minutes: '1' };
    const opened = await fetch(`${address}?key=${consoleKey(world)}`, { redirect: 'manual' });
    const cookie = opened.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    expect((await send(row)).status).toBe(403);
    expect((await send({ ...row, ms: '' }, { cookie })).status).toBe(400);
    expect((await send(row, { cookie })).status).toBe(303);
    expect((await shown()).rows).toMatchObject([{ fault: { kind: 'delay', ms: 1, until: expect.any(Number) } }]);
    await send({ do: 'clear' }, { cookie });
    expect((await shown()).rows).toEqual([]);
  });

  test('takes nothing without a signature, or with that of another request', async () => {
    const body = JSON.stringify({ faults: [{ target: '*', kind: 'down' }] });
    const others = signedHeaders(`${page.endpoint}/_local/faults.json`, 'local', '{}');
    for (const headers of [{}, others, { authorization: `Bearer ${credentials.secretAccessKey}` }])
      expect((await change(body, headers)).status).toBe(403);
    expect((await shown()).rows).toEqual([]);
  });

  test.each(['{', '{"faults":[{"target":"*","kind":"explode"}]}', '{"fault":[]}'])('refuses %s', async (body) => {
    expect((await change(body)).status).toBe(400);
  });

  test('replays: the same seed and rows decide the same for the n-th request', async () => {
    const body = JSON.stringify({ seed: 11, faults: [{ target: 'DYNAMODB', kind: 'throttle', rate: 0.5 }] });
    const run = async () => {
      await change(body);
      const outcomes: string[] = [];
      for (let i = 0; i < 20; i++)
        outcomes.push(
          await get('a').then(
            () => 'done',
            (error) => error.name,
          ),
        );
      return outcomes;
    };
    const first = await run();
    expect(new Set(first)).toEqual(new Set(['done', 'ThrottlingException']));
    expect(await run()).toEqual(first);
  });
});

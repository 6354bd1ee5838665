import { setTimeout as sleep } from 'node:timers/promises';
import { type AttributeValue, DeleteItemCommand, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import { afterEach, expect, test, vi } from 'vitest';
import { handlers as eventSources } from '../../event-sources/index.ts';
import { StreamReader } from '../../event-sources/stream-reader.ts';
import { callService } from '../../services/call.ts';
import { handlers as services, startService } from '../../services/index.ts';
import { StackError } from '../../types.ts';
import { dynamoDbClient } from '../helpers/dynamodb.ts';
import { createResource } from '../helpers/resources.ts';
import { type TestWorld, testWorld } from '../helpers/world.ts';

const handlers = [...services, ...eventSources];
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Event {
  readonly Records: DynamoDBRecord[];
}
type Handler = (ids: string[], event: Event) => unknown;

/** A stack of a table whose stream feeds a function, which is told the ids of a batch's items. */
async function stack(handler: Handler, properties: object = {}, dataDir?: string) {
  const batches: string[][] = [];
  const consumer = (event: unknown) => {
    const { Records } = event as Event;
    const ids = Records.map(({ dynamodb }) => dynamodb?.Keys?.['id']?.S ?? '');
    batches.push(ids);
    return handler(ids, { Records });
  };
  const world = testWorld({ startService, functions: { consumer }, ...(dataDir !== undefined && { dataDir }) });
  cleanups.push(() => world[Symbol.asyncDispose]());
  const table = await createResource(handlers, world, 'AWS::DynamoDB::Table', {
    TableName: 'parcels',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
  });
  const dead = await createResource(handlers, world, 'AWS::SQS::Queue', {}, 'Dead');
  const EventSourceArn = table.attributes?.['StreamArn'];
  await createResource(handlers, world, 'AWS::Lambda::EventSourceMapping', {
    EventSourceArn,
    FunctionName: 'consumer',
    StartingPosition: 'TRIM_HORIZON',
    DestinationConfig: { OnFailure: { Destination: dead.attributes?.['Arn'] } },
    ...properties,
  });
  const client = dynamoDbClient(await world.endpoint('DYNAMODB'));
  return {
    world,
    client,
    batches,
    stop: () => world.stop(),
    EventSourceArn,
    discarded: () => receive(world, dead.ref),
  };
}

/** What the on-failure destination was told. */
async function receive(world: TestWorld, QueueUrl: unknown) {
  const input = { QueueUrl, WaitTimeSeconds: 20 };
  const { Messages } = Object(await callService(world, 'AmazonSQS.ReceiveMessage', input));
  return JSON.parse(Messages[0].Body);
}

async function put(client: DynamoDBClient, ids: readonly string[], more: Record<string, AttributeValue> = {}) {
  for (const id of ids)
    await client.send(new PutItemCommand({ TableName: 'parcels', Item: { id: { S: id }, ...more } }));
}

const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 60_000, interval: 20 });
const failOn = (bad: string) => (ids: string[]) => {
  if (ids.includes(bad)) throw new Error(`${bad} is bad`);
};
const failures = (...sequences: (string | undefined)[]): DynamoDBBatchResponse => ({
  batchItemFailures: sequences.map((itemIdentifier) => ({ itemIdentifier: itemIdentifier ?? '' })),
});

// "Using Lambda with Amazon DynamoDB", with its example event.
test('a function gets records as Lambda has them', async () => {
  const events: Event[] = [];
  const { client, world, EventSourceArn } = await stack((_, event) => events.push(event));
  await put(client, ['a'], { data: { B: new Uint8Array([0, 1]) }, n: { N: '1' } });
  await world.ready();
  await eventually(() => expect(events).toHaveLength(1));
  expect(events[0]?.Records[0]).toEqual({
    eventID: expect.any(String),
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    eventSourceARN: EventSourceArn,
    dynamodb: {
      ApproximateCreationDateTime: expect.any(Number),
      Keys: { id: { S: 'a' } },
      NewImage: { id: { S: 'a' }, data: { B: 'AAE=' }, n: { N: '1' } },
      SequenceNumber: expect.any(String),
      SizeBytes: expect.any(Number),
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
  });
});

test('an expired item that goes is marked as deleted by DynamoDB, so that filters can tell', async () => {
  const Pattern = '{"userIdentity":{"type":["Service"],"principalId":["dynamodb.amazonaws.com"]}}';
  const { client, world, batches } = await stack(() => {}, { FilterCriteria: { Filters: [{ Pattern }] } });
  await put(client, ['expired'], { expires: { N: '1000' } });
  await put(client, ['current'], { expires: { N: '4000000000' } });
  for (const id of ['current', 'expired'])
    await client.send(new DeleteItemCommand({ TableName: 'parcels', Key: { id: { S: id } } }));
  await world.ready();
  await eventually(() => expect(batches).toEqual([['expired']]));
});

// "Control which events Lambda sends to your function".
test('records that no filter wants never reach the function', async () => {
  const Filters = [{ Pattern: '{"dynamodb":{"NewImage":{"kind":{"S":["wanted"]}}}}' }];
  const { client, world, batches } = await stack(() => {}, { FilterCriteria: { Filters } });
  await put(client, ['a', 'b'], { kind: { S: 'other' } });
  await put(client, ['c'], { kind: { S: 'wanted' } });
  await world.ready();
  await eventually(() => expect(batches).toEqual([['c']]));
});

test('a batch has at most BatchSize records', async () => {
  const { client, world, batches } = await stack(() => {}, { BatchSize: 2 });
  await put(client, ['a', 'b', 'c', 'd', 'e']);
  await world.ready();
  await eventually(() => expect(batches).toEqual([['a', 'b'], ['c', 'd'], ['e']]));
});

test('within the batching window records are gathered', async () => {
  const { client, world, batches } = await stack(() => {}, { MaximumBatchingWindowInSeconds: 300, BatchSize: 3 });
  await world.ready();
  for (const id of ['a', 'b', 'c']) {
    await put(client, [id]);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  await eventually(() => expect(batches).toEqual([['a', 'b', 'c']]));
});

test('from LATEST only what is written afterwards comes', async () => {
  const { client, world, batches, stop } = await stack(() => {}, { StartingPosition: 'LATEST' });
  await put(client, ['before']);
  await world.ready();
  // The stream is opened in the first round; a record written before that would be skipped, too.
  await eventually(async () => {
    await put(client, ['after']);
    expect(batches).not.toEqual([]);
  });
  expect(batches.flat()).not.toContain('before');
  await stop();
});

// "How Lambda processes records from stream and queue-based event sources": retries hold the shard.
test('a failing batch is tried again before anything behind it', async () => {
  let failed = 0;
  const { client, world, batches } = await stack(
    (ids) => {
      if (ids.includes('a') && ++failed < 3) throw new Error('not yet');
    },
    { BatchSize: 1 },
  );
  await put(client, ['a', 'b']);
  await world.ready();
  await eventually(() => expect(batches).toEqual([['a'], ['a'], ['a'], ['b']]));
});

test('after MaximumRetryAttempts a batch is given up, told to the destination, and the stream goes on', async () => {
  const { client, world, batches, discarded, EventSourceArn } = await stack(failOn('a'), {
    BatchSize: 1,
    MaximumRetryAttempts: 1,
  });
  await put(client, ['a', 'b']);
  await world.ready();
  await eventually(() => expect(batches).toEqual([['a'], ['a'], ['b']]));
  // "Retaining discarded batches for a DynamoDB event source"
  expect(await discarded()).toMatchObject({
    requestContext: { functionArn: 'consumer', condition: 'RetryAttemptsExhausted', approximateInvokeCount: 2 },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    DDBStreamBatchInfo: { batchSize: 1, streamArn: EventSourceArn, startSequenceNumber: '1', endSequenceNumber: '1' },
  });
});

test('BisectBatchOnFunctionError finds the one that fails; splitting costs no attempt', async () => {
  const { client, world, batches, discarded } = await stack(failOn('c'), {
    BatchSize: 4,
    MaximumRetryAttempts: 0,
    BisectBatchOnFunctionError: true,
  });
  await put(client, ['a', 'b', 'c', 'd']);
  await world.ready();
  await eventually(() => expect(batches).toEqual([['a', 'b', 'c', 'd'], ['a', 'b'], ['c', 'd'], ['c'], ['d']]));
  expect(await discarded()).toMatchObject({ DDBStreamBatchInfo: { batchSize: 1, startSequenceNumber: '3' } });
});

// "Configuring partial batch response with DynamoDB and Lambda".
test('with ReportBatchItemFailures the batch goes on from the first record that failed', async () => {
  let calls = 0;
  const handler: Handler = (_, { Records }) => {
    calls += 1;
    const sequence = (index: number) => Records[index]?.dynamodb?.SequenceNumber;
    return calls === 1 ? failures(sequence(2), sequence(1)) : failures();
  };
  const { client, world, batches } = await stack(handler, { FunctionResponseTypes: ['ReportBatchItemFailures'] });
  await put(client, ['a', 'b', 'c']);
  await world.ready();
  await eventually(() =>
    expect(batches).toEqual([
      ['a', 'b', 'c'],
      ['b', 'c'],
    ]),
  );
});

test.each([
  ['an identifier that is not of the batch', failures('4711')],
  ['an empty identifier', failures('')],
  ['a report in another shape', { batchItemFailures: 'all' }],
])('a report with %s makes the whole batch fail', async (_, report) => {
  let calls = 0;
  const { client, world, batches } = await stack(() => (++calls === 1 ? report : undefined), {
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  });
  await put(client, ['a', 'b']);
  await world.ready();
  await eventually(() =>
    expect(batches).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]),
  );
});

test('without ReportBatchItemFailures what a function answers counts for nothing', async () => {
  const { client, world, batches } = await stack(() => failures('1'), { BatchSize: 1 });
  await put(client, ['a', 'b']);
  await world.ready();
  await eventually(() => expect(batches).toEqual([['a'], ['b']]));
});

test('records older than MaximumRecordAgeInSeconds are given up', async () => {
  const { client, world, batches, discarded } = await stack(failOn('a'), {
    BatchSize: 1,
    MaximumRecordAgeInSeconds: 1,
  });
  await put(client, ['a']);
  await world.ready();
  expect(await discarded()).toMatchObject({ requestContext: { condition: 'RecordAgeExceeded' } });
  // On a busy machine one may be too old before it is read.
  await eventually(async () => {
    await put(client, ['b']);
    expect(batches.at(-1)).toEqual(['b']);
  });
});

// "ParallelizationFactor": order holds at the level of the item.
test('with a parallelization factor other items go on beside a slow one, and each item keeps its order', async () => {
  const slow = Promise.withResolvers<void>();
  cleanups.push(() => slow.resolve());
  const seen: string[] = [];
  const { client, world } = await stack(
    async (_, { Records: [record] }) => {
      const [id, v] = [record?.dynamodb?.Keys?.['id']?.S, record?.dynamodb?.NewImage?.['v']?.N];
      if (id === 'slow' && v === '0') await slow.promise;
      seen.push(`${id}${v}`);
    },
    { BatchSize: 1, ParallelizationFactor: 10 },
  );
  for (const v of ['0', '1', '2']) await put(client, ['slow', 'x', 'y', 'z'], { v: { N: v } });
  await world.ready();
  await eventually(() => expect(seen.length).toBeGreaterThanOrEqual(3));
  expect(seen.filter((each) => each.startsWith('slow'))).toEqual([]);
  slow.resolve();
  await eventually(() => expect(seen).toHaveLength(12));
  for (const id of ['slow', 'x', 'y', 'z'])
    expect(seen.filter((each) => each.startsWith(id))).toEqual([`${id}0`, `${id}1`, `${id}2`]);
});

test('after a restart a stream goes on where it was: nothing is lost, nothing comes twice', async () => {
  const before = await stack(() => {});
  await put(before.client, ['a', 'b']);
  await before.world.ready();
  await eventually(() => expect(before.batches.flat()).toEqual(['a', 'b']));
  await before.stop();

  const between = await stack(() => {}, {}, before.world.dataDir);
  await put(between.client, ['c']);
  await between.stop();

  const after = await stack(() => {}, {}, before.world.dataDir);
  await put(after.client, ['d']);
  await after.world.ready();
  await eventually(() => expect(after.batches.flat()).toEqual(['c', 'd']));
});

test('a stream is not read again until somebody writes', async () => {
  const read = vi.spyOn(StreamReader.prototype, 'read');
  cleanups.push(() => read.mockRestore());
  const { batches, client, world } = await stack(() => {});
  await world.ready();
  await eventually(() => expect(read).toHaveBeenCalled());
  const before = read.mock.calls.length;
  await sleep(1_000);
  expect(read.mock.calls.length - before).toBeLessThanOrEqual(1);
  await put(client, ['a']);
  await eventually(() => expect(batches.flat()).toEqual(['a']));
});

test('what a stop cut off comes again, whatever was done behind it', async () => {
  const stuck = Promise.withResolvers<void>();
  const parallel = { BatchSize: 1, ParallelizationFactor: 10 };
  const before = await stack((ids) => (ids.includes('stuck') ? stuck.promise : undefined), parallel);
  await put(before.client, ['stuck', 'x', 'y', 'z']);
  await before.world.ready();
  await eventually(() => expect(before.batches).toHaveLength(4));
  await before.stop();
  stuck.resolve();

  const after = await stack(() => {}, parallel, before.world.dataDir);
  await after.world.ready();
  await eventually(() => expect(after.batches).toContainEqual(['stuck']));
});

test.each([
  ['TumblingWindowInSeconds', 30],
  ['StartingPosition', 'AT_TIMESTAMP'],
  ['DestinationConfig', { OnFailure: { Destination: 'arn:aws:sns:us-east-1:000000000000:topic' } }],
  ['FilterCriteria', { Filters: [{ Pattern: '{"a":[{"unheard-of":1}]}' }] }],
])('%s that cannot be honoured is refused', async (name, value) => {
  await expect(stack(() => {}, { [name]: value })).rejects.toThrow(StackError);
});

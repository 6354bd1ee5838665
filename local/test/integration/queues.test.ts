import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { handlers as eventSources } from '../../event-sources/index.ts';
import { callService } from '../../services/call.ts';
import { handlers as services, startService } from '../../services/index.ts';
import { InvokeError } from '../../types.ts';
import { createResource } from '../helpers/resources.ts';
import { testWorld } from '../helpers/world.ts';

const handlers = [...services, ...eventSources];
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A stack of a queue that feeds a function, which is told the bodies of a batch. */
async function stack(
  handler: (bodies: string[], event: SQSEvent) => unknown,
  mapping: object = {},
  queue: object = {},
) {
  const batches: string[][] = [];
  const consumer = (event: unknown) => {
    const { Records } = event as SQSEvent;
    const bodies = Records.map(({ body }) => body);
    batches.push(bodies);
    return handler(bodies, { Records });
  };
  const world = testWorld({ startService, functions: { consumer } });
  cleanups.push(() => world[Symbol.asyncDispose]());
  const dead = await createResource(handlers, world, 'AWS::SQS::Queue', {}, 'Dead');
  const RedrivePolicy = { deadLetterTargetArn: dead.attributes?.['Arn'], maxReceiveCount: 2 };
  const properties = { VisibilityTimeout: 1, RedrivePolicy, ...queue };
  const { ref: QueueUrl, attributes } = await createResource(handlers, world, 'AWS::SQS::Queue', properties, 'Queue');
  await createResource(handlers, world, 'AWS::Lambda::EventSourceMapping', {
    EventSourceArn: attributes?.['Arn'],
    FunctionName: 'consumer',
    ...mapping,
  });
  const sqs = async (operation: string, input: object = {}) =>
    Object(await callService(world, `AmazonSQS.${operation}`, { QueueUrl, ...input }));
  return {
    world,
    batches,
    arn: attributes?.['Arn'],
    send: async (...bodies: string[]) => {
      for (const MessageBody of bodies) await sqs('SendMessage', { MessageBody });
    },
    sqs,
    left: async () => {
      const { Attributes } = await sqs('GetQueueAttributes');
      return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
    },
    dead: async () => (await sqs('ReceiveMessage', { QueueUrl: dead.ref, WaitTimeSeconds: 20 })).Messages[0].Body,
  };
}

const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 60_000, interval: 20 });
const failures = (...ids: (string | undefined)[]): SQSBatchResponse => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier: itemIdentifier ?? '' })),
});

// "Using Lambda with Amazon SQS", with its example event.
test('a function gets messages as Lambda has them, and they are deleted when it is done', async () => {
  const events: SQSEvent[] = [];
  const { world, sqs, arn, left } = await stack((_, event) => events.push(event));
  const MessageAttributes = { kind: { DataType: 'String', StringValue: 'x' } };
  const { MessageId } = await sqs('SendMessage', { MessageBody: 'hello', MessageAttributes });
  await world.ready();
  await eventually(() => expect(events).toHaveLength(1));
  expect(events[0]?.Records).toEqual([
    {
      messageId: MessageId,
      receiptHandle: expect.any(String),
      body: 'hello',
      attributes: {
        SenderId: '000000000000',
        SentTimestamp: expect.stringMatching(/^\d{13}$/),
        ApproximateReceiveCount: '1',
        ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
      },
      messageAttributes: { kind: { dataType: 'String', stringValue: 'x', stringListValues: [], binaryListValues: [] } },
      md5OfBody: '5d41402abc4b2a76b9719d911017c592',
      eventSource: 'aws:sqs',
      eventSourceARN: arn,
      awsRegion: 'us-east-1',
    },
  ]);
  await eventually(async () => expect(await left()).toBe(0));
});

test('a batch has at most BatchSize messages', async () => {
  const { world, send, batches } = await stack(() => {}, { BatchSize: 2 });
  await send('a', 'b', 'c');
  await world.ready();
  await eventually(() => expect(batches).toEqual([['a', 'b'], ['c']]));
});

test('more than ten messages make one batch within the batching window', async () => {
  const { world, send, batches } = await stack(() => {}, { BatchSize: 12, MaximumBatchingWindowInSeconds: 300 });
  const bodies = Array.from({ length: 12 }, (_, i) => String(i));
  await send(...bodies);
  await world.ready();
  await eventually(() => expect(batches).toEqual([bodies]));
});

// "Using event filtering with an Amazon SQS event source", and the table of formats in "Filter events from an Amazon MQ event source".
test.for([
  ['JSON', { kind: [{ exists: false }] }, ['null', '"text"', '{}']],
  ['text', ['null', 'text', { prefix: 'a ' }], ['text', 'a text']],
] as const)('a filter of %s takes nothing of the other kind', async ([, body, wanted]) => {
  const Filters = [{ Pattern: JSON.stringify({ body }) }];
  const { world, send, batches, left } = await stack(() => {}, { FilterCriteria: { Filters } });
  await send('null', '"text"', 'text', 'a text', '{}', '{"kind":"a"}');
  await world.ready();
  await eventually(async () => expect(await left()).toBe(0));
  expect(batches.flat()).toEqual(wanted);
});

test('a filter of anything but the body is refused', async () => {
  const Filters = [{ Pattern: '{"messageAttributes":{"a":{"stringValue":["b"]}}}' }];
  await expect(stack(() => {}, { FilterCriteria: { Filters } })).rejects.toThrow('looks at the body only');
});

// "Handling errors for an SQS event source in Lambda".
test('when the function fails all come again after the visibility timeout, then go to the dead-letter queue', async () => {
  const { world, send, batches, dead, left } = await stack(() => {
    throw new Error('always');
  });
  await send('a');
  await world.ready();
  expect(await dead()).toBe('a');
  expect(batches).toEqual([['a'], ['a']]);
  expect(await left()).toBe(0);
});

// "Implementing partial batch responses".
test('with ReportBatchItemFailures only the messages named come again', async () => {
  const { world, send, batches, dead } = await stack(
    (bodies, { Records }) => (bodies.includes('b') ? failures(Records[bodies.indexOf('b')]?.messageId) : failures()),
    { FunctionResponseTypes: ['ReportBatchItemFailures'] },
  );
  await send('a', 'b', 'c');
  await world.ready();
  expect(await dead()).toBe('b');
  expect(batches).toEqual([['a', 'b', 'c'], ['b']]);
});

test('a report with an identifier that is not of the batch makes all come again', async () => {
  let calls = 0;
  const { world, send, batches } = await stack(() => (++calls === 1 ? failures('other') : failures()), {
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  });
  await send('a', 'b');
  await world.ready();
  await eventually(() =>
    expect(batches).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]),
  );
});

// "Using event filtering with an Amazon SQS event source": what doesn't match is deleted.
test('messages that no filter wants are deleted without the function', async () => {
  const Filters = [{ Pattern: '{"body":{"kind":["wanted"]}}' }];
  const { world, send, batches, left } = await stack(() => {}, { FilterCriteria: { Filters } });
  await send('{"kind":"other"}', 'no JSON', '{"kind":"wanted"}');
  await world.ready();
  await eventually(async () => expect(await left()).toBe(0));
  expect(batches).toEqual([['{"kind":"wanted"}']]);
});

// "Handling errors for an SQS event source in Lambda".
describe('a batch that is throttled', () => {
  const throttle = () => {
    throw new InvokeError('TooManyRequestsException', 'Rate Exceeded.');
  };

  test('is tried again soon, and was received once', async () => {
    const received: (string | undefined)[] = [];
    const { world, batches, send, left } = await stack(
      (_, { Records }) => {
        received.push(Records[0]?.attributes.ApproximateReceiveCount);
        if (batches.length < 4) throttle();
      },
      {},
      { VisibilityTimeout: 300 },
    );
    await send('a');
    await world.ready();
    await eventually(async () => expect(await left()).toBe(0));
    expect(received).toEqual(['1', '1', '1', '1']);
  });

  test('comes again when it was hidden long enough, and then goes to the dead-letter queue', async () => {
    const { world, send, dead } = await stack(throttle);
    await send('a');
    await world.ready();
    expect(await dead()).toBe('a');
  });

  test('is left alone by a stop', async () => {
    const { world, send, batches } = await stack(throttle, {}, { VisibilityTimeout: 300 });
    await send('a');
    await world.ready();
    await eventually(() => expect(batches.length).toBeGreaterThan(1));
    const stopping = world.stop();
    const tried = batches.length;
    await stopping;
    expect(batches).toHaveLength(tried);
  });
});

test('no more batches run at once than MaximumConcurrency', async () => {
  let running = 0;
  let most = 0;
  const { world, send, batches, left } = await stack(
    async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 50));
      running -= 1;
    },
    { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } },
    { VisibilityTimeout: 60 },
  );
  await send('a', 'b', 'c', 'd', 'e');
  await world.ready();
  await eventually(async () => expect(await left()).toBe(0));
  expect(batches).toHaveLength(5);
  expect(most).toBe(2);
});

// "Amazon SQS FIFO queue and Lambda concurrency behavior".
test('of a FIFO group one batch runs at a time, and what comes meanwhile is the next', async () => {
  const running = new Set<string>();
  const ends = Promise.withResolvers<void>();
  let overlaps = false;
  const { world, sqs, batches, left } = await stack(
    async ([first = '']) => {
      const group = first.charAt(0);
      overlaps ||= running.has(group);
      running.add(group);
      if (first === 'a1') await ends.promise;
      running.delete(group);
    },
    {},
    { VisibilityTimeout: 60, FifoQueue: true, ContentBasedDeduplication: true, RedrivePolicy: undefined },
  );
  const send = (MessageBody: string) => sqs('SendMessage', { MessageBody, MessageGroupId: MessageBody.charAt(0) });
  await send('a1');
  await world.ready();
  await eventually(() => expect(batches).toEqual([['a1']]));
  for (const body of ['a2', 'b1', 'a3', 'a2']) await send(body);
  await eventually(() => expect(batches).toEqual([['a1'], ['b1']]));
  ends.resolve();
  await eventually(async () => expect(await left()).toBe(0));
  expect(batches.slice(2).flat()).toEqual(['a2', 'a3']);
  expect(overlaps).toBe(false);
});

test.for([{ BatchSize: 11 }, { MaximumBatchingWindowInSeconds: 1 }])(
  'a mapping of a FIFO queue with %o is refused, as AWS does',
  (mapping) => expect(stack(() => {}, mapping, { FifoQueue: true, RedrivePolicy: undefined })).rejects.toThrow('FIFO'),
);

test('a mapping that is not enabled does nothing', async () => {
  const { world, send, sqs } = await stack(() => {}, { Enabled: false });
  await send('a');
  await world.ready();
  expect((await sqs('ReceiveMessage', { WaitTimeSeconds: 1 })).Messages).toHaveLength(1);
});

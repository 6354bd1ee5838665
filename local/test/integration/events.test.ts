import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { handlers as sourceHandlers } from '../../event-sources/index.ts';
import { callService } from '../../services/call.ts';
import { inputOf } from '../../services/events/targets.ts';
import { handlers, startService } from '../../services/index.ts';
import { createResource } from '../helpers/resources.ts';
import { credentials, type TestWorld, testWorld } from '../helpers/world.ts';

const clerk = 'arn:aws:lambda:us-east-1:000000000000:function:clerk';
let world: TestWorld;
let events: unknown[];

beforeEach(() => {
  events = [];
  world = testWorld({ startService, functions: { clerk: (event) => events.push(event) } });
});
afterEach(() => world[Symbol.asyncDispose]());

const rule = (EventPattern: object, more: object = {}) =>
  createResource(sourceHandlers, world, 'AWS::Events::Rule', {
    EventPattern,
    Targets: [{ Arn: clerk, Id: 'T' }],
    ...more,
  });
const put = (...Entries: object[]) => callService(world, 'AWSEvents.PutEvents', { Entries });
const order = (detail: object, more: object = {}) => ({
  Source: 'shop',
  DetailType: 'order',
  Detail: JSON.stringify(detail),
  ...more,
});
const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 60_000, interval: 20 });

// "Creating Amazon EventBridge event patterns" and "PutEvents".
describe('an event', () => {
  test('goes to the targets of the rules that match it', async () => {
    await rule({ source: ['shop'], detail: { total: [{ numeric: ['>', 100] }], city: [{ wildcard: 'B*n' }] } });
    await put(
      order({ total: 50, city: 'Bern' }),
      order({ total: 150, city: 'Bern' }),
      order({ total: 200, city: 'Basel' }),
    );
    await eventually(() => expect(events).toHaveLength(1));
    expect(events[0]).toEqual({
      version: '0',
      id: expect.any(String),
      'detail-type': 'order',
      source: 'shop',
      account: '000000000000',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      region: 'us-east-1',
      resources: [],
      detail: { total: 150, city: 'Bern' },
    });
  });

  test('of another bus, or of a rule that is off, goes nowhere', async () => {
    const { ref, attributes } = await createResource(handlers, world, 'AWS::Events::EventBus', { Name: 'shop' });
    expect([ref, attributes?.['Arn']]).toEqual(['shop', 'arn:aws:events:us-east-1:000000000000:event-bus/shop']);
    await rule({ source: ['shop'] }, { EventBusName: 'shop', Name: 'on-the-bus' });
    await rule({ source: ['shop'] }, { State: 'DISABLED' });
    await put(order({ n: 1 }), order({ n: 2 }, { EventBusName: String(attributes?.['Arn']) }));
    await eventually(() => expect(events).toMatchObject([{ detail: { n: 2 } }]));
  });

  test('that is malformed is refused alone', async () => {
    expect(await put(order({}), { ...order({}), Detail: 'no JSON' }, { Source: 'shop' })).toMatchObject({
      FailedEntryCount: 2,
      Entries: [{ EventId: expect.any(String) }, { ErrorCode: 'MalformedDetail' }, { ErrorCode: 'InvalidArgument' }],
    });
  });

  test('of a bucket is told to the bus as S3 tells it', async () => {
    await createResource(handlers, world, 'AWS::S3::Bucket', {
      BucketName: 'photos',
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    });
    await rule({ source: ['aws.s3'], 'detail-type': ['Object Created'], detail: { bucket: { name: ['photos'] } } });
    const client = new S3Client({ endpoint: await world.endpoint('S3'), region: 'us-east-1', credentials });
    await client.send(new PutObjectCommand({ Bucket: 'photos', Key: 'in/a b.png', Body: 'hello' }));
    await eventually(() => expect(events).toHaveLength(1));
    expect(events[0]).toMatchObject({
      resources: ['arn:aws:s3:::photos'],
      detail: { bucket: { name: 'photos' }, object: { key: 'in/a b.png', size: 5 }, reason: 'PutObject' },
    });
    client.destroy();
  });
});

// "Amazon EventBridge input transformation".
describe('the input of a target', () => {
  const event = { source: 'shop', detail: { user: 'Ann "A"', items: [{ n: 1 }, { n: 2 }] } };
  test.for([
    ['a constant', { Input: '{"a":1}' }, { a: 1 }],
    ['a part of the event', { InputPath: '$.detail.items[1]' }, { n: 2 }],
    [
      'made of JSON',
      {
        InputTransformer: {
          InputPathsMap: { who: '$.detail.user', n: '$.detail.items[0].n' },
          InputTemplate: '{"to": <who>, "n": <n>, "text": "for <who>"}',
        },
      },
      { to: 'Ann "A"', n: 1, text: 'for Ann "A"' },
    ],
    [
      'made of text',
      { InputTransformer: { InputPathsMap: { from: '$.source' }, InputTemplate: 'An order of <from>' } },
      'An order of "shop"',
    ],
  ] as const)('may be %s', ([, input, expected]) => {
    expect(JSON.parse(inputOf({ Arn: clerk, ...input }, event))).toEqual(expected);
  });
});

import { CopyObjectCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { S3Event } from 'aws-lambda';
import { afterEach, expect, test, vi } from 'vitest';
import { callService } from '../../services/call.ts';
import { handlers, startService } from '../../services/index.ts';
import { createResource } from '../helpers/resources.ts';
import { credentials, testWorld } from '../helpers/world.ts';

const Bucket = 'photos';
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A stack with a bucket; `told` is what its function was told of. */
async function stack(properties: object = {}) {
  const events: S3Event[] = [];
  const world = testWorld({ startService, functions: { clerk: (event) => events.push(event as S3Event) } });
  cleanups.push(() => world[Symbol.asyncDispose]());
  await createResource(handlers, world, 'AWS::S3::Bucket', { BucketName: Bucket, ...properties });
  const client = new S3Client({ endpoint: await world.endpoint('S3'), region: 'us-east-1', credentials });
  return {
    world,
    client,
    events,
    put: (Key: string) => client.send(new PutObjectCommand({ Bucket, Key, Body: 'hello' })),
    told: () => events.flatMap(({ Records }) => Records).map(({ eventName, s3 }) => `${eventName} ${s3.object.key}`),
  };
}

const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 60_000, interval: 20 });
const toClerk = (Event: string, Rules: object[] = []) => ({
  NotificationConfiguration: { LambdaConfigurations: [{ Event, Function: 'clerk', Filter: { S3Key: { Rules } } }] },
});

// "Event message structure" in the Amazon S3 user guide.
test('a function is told of an object as S3 tells it', async () => {
  const { put, events } = await stack(toClerk('s3:ObjectCreated:*'));
  await put('in/a b+ü.png');
  await eventually(() => expect(events).toHaveLength(1));
  expect(events[0]?.Records).toEqual([
    {
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: 'us-east-1',
      eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      eventName: 'ObjectCreated:Put',
      userIdentity: { principalId: expect.any(String) },
      requestParameters: { sourceIPAddress: '127.0.0.1' },
      responseElements: { 'x-amz-request-id': expect.any(String), 'x-amz-id-2': expect.any(String) },
      s3: {
        s3SchemaVersion: '1.0',
        configurationId: expect.any(String),
        bucket: { name: Bucket, ownerIdentity: { principalId: expect.any(String) }, arn: 'arn:aws:s3:::photos' },
        object: {
          key: 'in/a+b%2B%C3%BC.png',
          size: 5,
          eTag: '5d41402abc4b2a76b9719d911017c592',
          sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
        },
      },
    },
  ]);
});

test('only events asked for are told, only of keys with the prefix and suffix', async () => {
  const rules = [
    { Name: 'prefix', Value: 'in/' },
    { Name: 'suffix', Value: '.png' },
  ];
  const { put, client, told } = await stack(toClerk('s3:ObjectCreated:Put', rules));
  for (const key of ['in/a.txt', 'out/a.png']) await put(key);
  await client.send(new CopyObjectCommand({ Bucket, Key: 'in/copy.png', CopySource: `${Bucket}/in/a.txt` }));
  await put('in/a.png');
  await client.send(new DeleteObjectCommand({ Bucket, Key: 'in/a.png' }));
  await put('in/b.png');
  await eventually(() => expect(told()).toEqual(['ObjectCreated:Put in/a.png', 'ObjectCreated:Put in/b.png']));
});

test('copies and removals are told by their names', async () => {
  const { put, client, told } = await stack({
    NotificationConfiguration: {
      LambdaConfigurations: [
        { Event: 's3:ObjectCreated:Copy', Function: 'clerk' },
        { Event: 's3:ObjectRemoved:*', Function: 'clerk' },
      ],
    },
  });
  await put('a');
  await client.send(new CopyObjectCommand({ Bucket, Key: 'b', CopySource: `${Bucket}/a` }));
  await client.send(new DeleteObjectCommand({ Bucket, Key: 'b' }));
  await eventually(() => expect(told()).toEqual(['ObjectCreated:Copy b', 'ObjectRemoved:Delete b']));
});

test('a queue can be told, and what the CDK asks for by a custom resource is done without its function', async () => {
  const { world, put, told } = await stack();
  const queue = await createResource(handlers, world, 'AWS::SQS::Queue', {}, 'Queue');
  await createResource(handlers, world, 'Custom::S3BucketNotifications', {
    ServiceToken: 'arn:aws:lambda:us-east-1:000000000000:function:provider',
    BucketName: Bucket,
    NotificationConfiguration: {
      LambdaFunctionConfigurations: [
        {
          Events: ['s3:ObjectCreated:*'],
          LambdaFunctionArn: 'clerk',
          Filter: { Key: { FilterRules: [{ Name: 'prefix', Value: 'in/' }] } },
        },
      ],
      QueueConfigurations: [{ Id: 'q', Events: ['s3:ObjectCreated:Put'], QueueArn: queue.attributes?.['Arn'] }],
    },
    Managed: true,
  });
  await put('out/a');
  await put('in/a');
  await eventually(() => expect(told()).toEqual(['ObjectCreated:Put in/a']));
  const input = { QueueUrl: queue.ref, WaitTimeSeconds: 20 };
  const { Messages } = Object(await callService(world, 'AmazonSQS.ReceiveMessage', input));
  expect(JSON.parse(Messages[0].Body).Records[0].s3).toMatchObject({ configurationId: 'q', object: { key: 'out/a' } });
});

test('an event that could not be delivered is delivered later', async () => {
  const { world, put } = await stack();
  const queue = await createResource(handlers, world, 'AWS::SQS::Queue', {}, 'Queue');
  await createResource(handlers, world, 'Custom::S3BucketNotifications', {
    BucketName: Bucket,
    NotificationConfiguration: {
      QueueConfigurations: [{ Events: ['s3:ObjectCreated:*'], QueueArn: queue.attributes?.['Arn'] }],
    },
  });
  world.faults.add({ target: 'SQS', kind: 'down' });
  await put('a');
  await eventually(() => expect(world.warnings).toHaveLength(1));
  world.faults.clear();
  const input = { QueueUrl: queue.ref, WaitTimeSeconds: 20 };
  const { Messages } = Object(await callService(world, 'AmazonSQS.ReceiveMessage', input));
  expect(Messages).toHaveLength(1);
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  type Message,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { handlers, startService } from '../../services/index.ts';
import { createResource } from '../helpers/resources.ts';
import { credentials, type TestWorld, testWorld } from '../helpers/world.ts';

let world: TestWorld;
let client: SQSClient;
let queues = 0;

beforeAll(async () => {
  world = testWorld({ startService });
  client = await clientOf(world);
});

const clientOf = async (within: TestWorld) =>
  new SQSClient({ endpoint: await within.endpoint('SQS'), region: 'us-east-1', credentials });

afterAll(async () => {
  client.destroy();
  await world[Symbol.asyncDispose]();
});

/** A new queue with the properties of a template. */
async function queue(properties: Readonly<Record<string, unknown>> = {}, within = world) {
  queues += 1;
  const { ref, attributes } = await createResource(handlers, within, 'AWS::SQS::Queue', properties, `Queue${queues}`);
  const url = String(ref);
  return {
    url,
    arn: String(attributes?.['Arn']),
    send: (MessageBody: string, more: Partial<SendMessageCommandInput> = {}) =>
      client.send(new SendMessageCommand({ QueueUrl: url, MessageBody, ...more })),
    async receive(more: Partial<ReceiveMessageCommandInput> = {}): Promise<Message[]> {
      const input = { QueueUrl: url, MaxNumberOfMessages: 10, ...more };
      return (await client.send(new ReceiveMessageCommand(input))).Messages ?? [];
    },
    delete: ({ ReceiptHandle }: Message) => client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle })),
    show: ({ ReceiptHandle }: Message) =>
      client.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 })),
  };
}

const bodies = (messages: readonly Message[]) => messages.map(({ Body }) => Body);
const first = ([message]: readonly Message[]): Message => message ?? expect.fail('there is no message');

test('a message is received with its attributes, and gone once it is deleted', async () => {
  const { send, receive, delete: remove } = await queue();
  const { MessageId } = await send('hello', { MessageAttributes: { kind: { DataType: 'String', StringValue: 'x' } } });
  const message = first(await receive({ MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'] }));
  expect(message).toMatchObject({
    MessageId,
    Body: 'hello',
    MessageAttributes: { kind: { DataType: 'String', StringValue: 'x' } },
    Attributes: { ApproximateReceiveCount: '1', SentTimestamp: expect.stringMatching(/^\d{13}$/) },
  });
  await remove(message);
  expect(await receive({ VisibilityTimeout: 0 })).toEqual([]);
});

test('a received message is hidden until its time is over, or it is shown again', async () => {
  const { send, receive, show } = await queue();
  await send('a');
  const message = first(await receive({ VisibilityTimeout: 600 }));
  expect(await receive()).toEqual([]);
  await show(message);
  expect(bodies(await receive({ VisibilityTimeout: 1 }))).toEqual(['a']);
  expect(bodies(await receive({ WaitTimeSeconds: 20 }))).toEqual(['a']);
});

test('the handle of an earlier receipt deletes nothing', async () => {
  const { send, receive, delete: remove } = await queue();
  await send('a');
  const early = first(await receive({ VisibilityTimeout: 0 }));
  await receive({ VisibilityTimeout: 0 });
  await remove(early);
  expect(bodies(await receive())).toEqual(['a']);
});

test('a waiting receiver gets a message as soon as it is sent', async () => {
  const { send, receive } = await queue();
  const waiting = receive({ WaitTimeSeconds: 20 });
  await send('a');
  expect(bodies(await waiting)).toEqual(['a']);
});

test('a delayed message comes after its delay', async () => {
  const { send, receive } = await queue();
  await send('late', { DelaySeconds: 1 });
  expect(await receive()).toEqual([]);
  expect(bodies(await receive({ WaitTimeSeconds: 20 }))).toEqual(['late']);
});

// "Using dead-letter queues in Amazon SQS".
test('a message received too often goes to the dead-letter queue', async () => {
  const dead = await queue();
  const { send, receive, url } = await queue({ RedrivePolicy: { deadLetterTargetArn: dead.arn, maxReceiveCount: 2 } });
  await send('poison');
  for (let i = 0; i < 2; i++) expect(bodies(await receive({ VisibilityTimeout: 0 }))).toEqual(['poison']);
  expect(await receive()).toEqual([]);
  expect(first(await dead.receive({ MessageSystemAttributeNames: ['All'] }))).toMatchObject({
    Body: 'poison',
    Attributes: { DeadLetterQueueSourceArn: expect.stringContaining(url.split('/').at(-1) ?? '') },
  });
});

test('dead letters move back to the queue that they come from, and only from a dead-letter queue', async () => {
  const dead = await queue();
  const { send, receive, arn } = await queue({ RedrivePolicy: { deadLetterTargetArn: dead.arn, maxReceiveCount: 1 } });
  await send('a');
  await receive({ VisibilityTimeout: 0 });
  expect(await receive()).toEqual([]);
  const move = (SourceArn: string) => client.send(new StartMessageMoveTaskCommand({ SourceArn }));
  await expect(move(arn)).rejects.toThrow('must be configured as a Dead Letter Queue');
  await move(dead.arn);
  expect(await dead.receive()).toEqual([]);
  expect(first(await receive({ MessageSystemAttributeNames: ['All'] }))).toMatchObject({
    Body: 'a',
    Attributes: { ApproximateReceiveCount: '1' },
  });
});

test('queues are listed by the beginning of their names', async () => {
  const { url } = await queue({ QueueName: 'listed-one' });
  await queue({ QueueName: 'unlisted' });
  expect((await client.send(new ListQueuesCommand({ QueueNamePrefix: 'listed' }))).QueueUrls).toEqual([url]);
});

test('a waiting receiver gets a dead letter as soon as it comes', async () => {
  const [dead, other] = [await queue(), await queue()];
  const { send, receive } = await queue({ RedrivePolicy: { deadLetterTargetArn: dead.arn, maxReceiveCount: 1 } });
  await send('poison');
  await receive({ VisibilityTimeout: 0 });
  const waiting = dead.receive({ WaitTimeSeconds: 20 });
  // So that the receiver waits before the letter is dead: other calls take their turn behind it.
  for (let i = 0; i < 5; i++) await other.receive();
  await receive();
  expect(bodies(await waiting)).toEqual(['poison']);
}, 10_000);

// "FIFO queue delivery logic".
test('of a FIFO group nothing is handed out while something of it is hidden; other groups are', async () => {
  const { send, receive, delete: remove } = await queue({ FifoQueue: true, ContentBasedDeduplication: true });
  for (const [body, MessageGroupId] of [
    ['a1', 'a'],
    ['b1', 'b'],
    ['a2', 'a'],
  ] as const)
    await send(body, { MessageGroupId });
  const a1 = first(await receive({ MaxNumberOfMessages: 1 }));
  expect(a1.Body).toBe('a1');
  expect(bodies(await receive())).toEqual(['b1']);
  await remove(a1);
  expect(bodies(await receive())).toEqual(['a2']);
});

test('a receipt handle that is none, or of another queue, is refused; an outdated one deletes nothing', async () => {
  const [{ url, send, receive, ...own }, other] = [await queue(), await queue()];
  await send('one');
  const outdated = first(await receive({ VisibilityTimeout: 0 }));
  await own.delete(outdated);
  const invalid = { name: 'ReceiptHandleIsInvalid' };
  await expect(own.delete({ ReceiptHandle: 'none' })).rejects.toMatchObject(invalid);
  await expect(own.show({ ReceiptHandle: 'none' })).rejects.toMatchObject(invalid);
  await expect(other.delete(outdated)).rejects.toMatchObject(invalid);
  const Entries = [{ Id: '1', ReceiptHandle: 'none' }];
  const { Failed } = await client.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
  expect(Failed).toMatchObject([{ Id: '1', Code: 'ReceiptHandleIsInvalid', SenderFault: true }]);
});

// "How Amazon SQS fair queues work".
test('of a group that keeps many messages in flight, the next come after those of others', async () => {
  const { send, receive } = await queue();
  for (let i = 0; i < 12; i++) await send(`noisy ${i}`, { MessageGroupId: 'noisy' });
  await receive();
  await send('quiet', { MessageGroupId: 'quiet' });
  await send('of no group');
  expect(bodies(await receive())).toEqual(['quiet', 'of no group', 'noisy 10', 'noisy 11']);
});

test('a backlog of one group lets the others through', async () => {
  const { send, receive } = await queue();
  for (let i = 0; i < 20; i++) await send(`noisy ${i}`, { MessageGroupId: 'noisy' });
  await send('quiet', { MessageGroupId: 'quiet' });
  const [one] = await receive({ MaxNumberOfMessages: 1, MessageSystemAttributeNames: ['All'] });
  expect(one?.Attributes).toMatchObject({ MessageGroupId: 'noisy' });
  expect(one?.Attributes).not.toHaveProperty('SequenceNumber');
  expect(bodies(await receive())).toContain('quiet');
});

test('a FIFO queue takes a message once', async () => {
  const { send, receive } = await queue({ FifoQueue: true });
  const once = { MessageGroupId: 'g', MessageDeduplicationId: 'd' };
  const [one, two] = [await send('a', once), await send('a', once)];
  expect(two.MessageId).toBe(one.MessageId);
  expect(bodies(await receive())).toEqual(['a']);
  await expect(send('a')).rejects.toMatchObject({ name: 'MissingParameter' });
  await expect(send('a', { ...once, DelaySeconds: 0 })).rejects.toMatchObject({ name: 'InvalidParameterValue' });
});

test('of a batch each entry has its own answer', async () => {
  const { url, receive } = await queue({ MaximumMessageSize: 1_024 });
  const Entries = [
    { Id: '1', MessageBody: 'fits' },
    { Id: '2', MessageBody: 'x'.repeat(2_000) },
  ];
  const { Successful, Failed } = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
  expect(Successful?.map(({ Id }) => Id)).toEqual(['1']);
  expect(Failed).toMatchObject([{ Id: '2', SenderFault: true, Code: 'InvalidParameterValue' }]);
  const { ReceiptHandle } = first(await receive({ VisibilityTimeout: 0 }));
  await client.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries: [{ Id: '1', ReceiptHandle }] }));
  expect(await receive()).toEqual([]);
  const tooMany = Array.from({ length: 11 }, (_, i) => ({ Id: String(i), MessageBody: 'x' }));
  const refused = client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: tooMany }));
  await expect(refused).rejects.toMatchObject({ name: 'TooManyEntriesInBatchRequest' });
});

test('a queue tells how much is in it, and can be emptied', async () => {
  const { url, send, receive, arn } = await queue({ VisibilityTimeout: 45 });
  await send('a');
  await send('b');
  await receive({ MaxNumberOfMessages: 1 });
  const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }));
  expect(Attributes).toMatchObject({
    QueueArn: arn,
    VisibilityTimeout: '45',
    ApproximateNumberOfMessages: '1',
    ApproximateNumberOfMessagesNotVisible: '1',
  });
  await client.send(new PurgeQueueCommand({ QueueUrl: url }));
  expect(await receive()).toEqual([]);
});

test('a queue that is not there is said not to exist', async () => {
  const missing = client.send(new GetQueueUrlCommand({ QueueName: 'none' }));
  await expect(missing).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
});

test('messages outlive a restart, and URLs of before it lead to their queues', async () => {
  const before = testWorld({ startService });
  const { url } = await queue({ QueueName: 'kept' }, before);
  await (await clientOf(before)).send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'a' }));
  await before.stop();

  await using after = testWorld({ startService, dataDir: before.dataDir });
  await queue({ QueueName: 'kept' }, after);
  const { Messages = [] } = await (await clientOf(after)).send(new ReceiveMessageCommand({ QueueUrl: url }));
  expect(bodies(Messages)).toEqual(['a']);
});

test('while SQS is down calls fail, afterwards they succeed', async () => {
  const { url } = await queue();
  const endpoint = await world.endpoint('SQS');
  const impatient = new SQSClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  const send = () => impatient.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'a' }));
  world.faults.add({ target: 'SQS', kind: 'down' });
  await expect(send()).rejects.toThrow();
  world.faults.clear();
  await vi.waitFor(send, 5_000);
});

test('a damaged file is refused in one sentence', async () => {
  await using damaged = testWorld({ startService });
  writeFileSync(join(damaged.dataDir, 'sqs.sqlite'), 'x'.repeat(10_000));
  await expect(damaged.endpoint('SQS')).rejects.toThrow("sqs.sqlite can't be used (file is not a database)");
});

import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { PublishBatchCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { serveLocalPages } from '../../console/local-page.ts';
import { callService } from '../../services/call.ts';
import { serveHttp } from '../../services/http-service.ts';
import { newestMails } from '../../services/ses/mails.ts';
import { mailPage } from '../../services/ses/page.ts';
import { startSns, topics as topicHandlers } from '../../services/sns/index.ts';
import { topicsOf } from '../../services/sns/topics.ts';
import { queues, startSqs } from '../../services/sqs/index.ts';
import { createResource } from '../helpers/resources.ts';
import { credentials, type TestWorld, testWorld } from '../helpers/world.ts';

const Envelope = z.looseObject({ Type: z.string(), Message: z.string() });
const topicArn = 'arn:aws:sns:us-east-1:000000000000:news';
const events: unknown[] = [];
let world: TestWorld;
let topics: ReturnType<typeof topicsOf>;

beforeEach(async () => {
  events.length = 0;
  world = testWorld({
    functions: { reader: (event) => void events.push(event) },
    async startService(name) {
      const service = name === 'SNS' ? await startSns(world) : await startSqs(world);
      world.whenStopping(() => service.stop());
      return service.endpoint;
    },
  });
  topics = topicsOf(world);
  await createResource(topicHandlers, world, 'AWS::SNS::Topic', { TopicName: 'news' });
});
afterEach(() => world[Symbol.asyncDispose]());

const subscribe = (Protocol: string, Endpoint: string, more: object = {}) =>
  createResource(topicHandlers, world, 'AWS::SNS::Subscription', {
    TopicArn: topicArn,
    Protocol,
    Endpoint,
    ...more,
  });
const queue = async (name: string) =>
  String((await createResource([queues], world, 'AWS::SQS::Queue', { QueueName: name })).attributes?.['Arn']);

const Received = z.object({
  Messages: z.tuple([z.object({ Body: z.string(), MessageAttributes: z.optional(z.unknown()) })]),
});

async function nextMessage(name: string) {
  const QueueUrl = `${await world.endpoint('SQS')}/${world.account}/${name}`;
  const wanted = { QueueUrl, WaitTimeSeconds: 20, MessageAttributeNames: ['All'] };
  return Received.parse(await callService(world, 'AmazonSQS.ReceiveMessage', wanted)).Messages[0];
}

/** The body of the next message in a queue. */
const next = async (name: string): Promise<string> => (await nextMessage(name)).Body;

async function client(secretAccessKey = 'local'): Promise<SNSClient> {
  const endpoint = await world.endpoint('SNS');
  const key = { ...credentials, secretAccessKey };
  return new SNSClient({ endpoint, region: 'us-east-1', maxAttempts: 1, credentials: key });
}

/** A server that answers with some statuses in turn, and then with 200. */
async function server(...statuses: number[]) {
  const requests: { type: IncomingMessage['headers'][string]; body: Record<string, unknown> }[] = [];
  const running = createServer(async (request, response) => {
    requests.push({ type: request.headers['x-amz-sns-message-type'], body: Object(await json(request)) });
    response.writeHead(statuses.shift() ?? 200).end();
  }).listen(0, '127.0.0.1');
  await once(running, 'listening');
  world.whenStopping(async () => void running.close());
  return { requests, url: `http://127.0.0.1:${(running.address() as AddressInfo).port}/hook` };
}

test('a function and a queue get what is published, with what SNS says about it', async () => {
  await subscribe('lambda', 'arn:aws:lambda:us-east-1:000000000000:function:reader');
  await subscribe('sqs', await queue('all'));
  await subscribe('sqs', await queue('raw'), { RawMessageDelivery: true });
  const MessageId = topics.publish(topicArn, { Subject: 'Rain', Message: 'It rains.' });
  expect(Envelope.parse(JSON.parse(await next('all')))).toMatchObject({
    TopicArn: topicArn,
    MessageId,
    Subject: 'Rain',
    Message: 'It rains.',
  });
  expect(await next('raw')).toBe('It rains.');
  expect(events).toMatchObject([{ Records: [{ EventSource: 'aws:sns', Sns: { MessageId, Message: 'It rains.' } }] }]);
});

test('functions publish by the SDK; who is not of the stack can not', async () => {
  await subscribe('sqs', await queue('all'));
  const publish = new PublishCommand({ TopicArn: topicArn, Message: 'from the SDK' });
  const { MessageId } = await (await client()).send(publish);
  expect(JSON.parse(await next('all'))).toMatchObject({ MessageId, Message: 'from the SDK' });
  await expect((await client('wrong')).send(publish)).rejects.toThrow('signature');
  const nowhere = new PublishCommand({ TopicArn: `${topicArn}s`, Message: 'lost' });
  await expect((await client('local')).send(nowhere)).rejects.toThrow('Topic does not exist');
});

const text = (StringValue: string) => ({ DataType: 'String', StringValue });

// "Amazon SNS message attributes" and "Amazon SNS raw message delivery".
test('attributes come along: in what SNS says, and with raw delivery as those of the message', async () => {
  await subscribe('lambda', 'arn:aws:lambda:us-east-1:000000000000:function:reader');
  await subscribe('sqs', await queue('all'));
  await subscribe('sqs', await queue('raw'), { RawMessageDelivery: true });
  const MessageAttributes = {
    city: text('Bern'),
    degrees: { DataType: 'Number', StringValue: '7' },
    map: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2]) },
  };
  await (await client()).send(new PublishCommand({ TopicArn: topicArn, Message: 'It rains.', MessageAttributes }));
  const told = {
    city: { Type: 'String', Value: 'Bern' },
    degrees: { Type: 'Number', Value: '7' },
    map: { Type: 'Binary', Value: 'AQI=' },
  };
  expect(JSON.parse(await next('all'))).toMatchObject({ Message: 'It rains.', MessageAttributes: told });
  expect(events).toMatchObject([{ Records: [{ Sns: { MessageAttributes: told } }] }]);
  expect(await nextMessage('raw')).toMatchObject({
    Body: 'It rains.',
    MessageAttributes: {
      city: text('Bern'),
      degrees: { DataType: 'Number', StringValue: '7' },
      map: { DataType: 'Binary', BinaryValue: 'AQI=' },
    },
  });
});

// "Amazon SNS message filtering": policies hold attributes, or else the body.
test('a filter policy decides what a subscription gets', async () => {
  await subscribe('sqs', await queue('warm'), {
    RawMessageDelivery: true,
    FilterPolicy: { city: ['Bern', { prefix: 'Gen' }], degrees: [{ numeric: ['>', 20] }], tags: ['sun'] },
  });
  await subscribe('sqs', await queue('bodies'), {
    RawMessageDelivery: true,
    FilterPolicyScope: 'MessageBody',
    FilterPolicy: { place: { city: [{ 'anything-but': 'Bern' }] } },
  });
  const sns = await client();
  const publish = (Message: string, city: string, degrees: string, tags: string) =>
    sns.send(
      new PublishCommand({
        TopicArn: topicArn,
        Message,
        MessageAttributes: {
          city: text(city),
          degrees: { DataType: 'Number', StringValue: degrees },
          tags: { DataType: 'String.Array', StringValue: tags },
        },
      }),
    );
  await publish('cold', 'Bern', '7', '["sun"]');
  await publish('elsewhere', 'Basel', '30', '["sun"]');
  await publish('cloudy', 'Bern', '30', '["rain"]');
  await publish('{"place":{"city":"Bern"}}', 'Bern', '7', '["rain"]');
  await publish('warm', 'Genf', '30', '["dry","sun"]');
  await publish('{"place":{"city":"Genf"}}', 'Genf', '7', '["rain"]');
  expect(await next('warm')).toBe('warm');
  expect(await next('bodies')).toBe('{"place":{"city":"Genf"}}');
  const levels = ['warm', 'bodies'].map(async (name) => {
    const QueueUrl = `${await world.endpoint('SQS')}/${world.account}/${name}`;
    const answer = await callService(world, 'AmazonSQS.GetQueueAttributes', { QueueUrl });
    return z.object({ Attributes: z.object({ ApproximateNumberOfMessages: z.string() }) }).parse(answer).Attributes
      .ApproximateNumberOfMessages;
  });
  expect(await Promise.all(levels)).toEqual(['0', '0']);
});

// "PublishBatch" in the SNS API reference: an entry that is refused doesn't affect the others.
test('a batch is published, each entry by itself', async () => {
  await subscribe('sqs', await queue('all'));
  const sns = await client();
  const entries = [
    { Id: 'a', Message: 'first', MessageAttributes: { city: text('Bern') } },
    { Id: 'b', Message: '' },
  ];
  const batch = (PublishBatchRequestEntries: typeof entries) =>
    sns.send(new PublishBatchCommand({ TopicArn: topicArn, PublishBatchRequestEntries }));
  const { Successful, Failed } = await batch(entries);
  expect(Successful).toEqual([{ Id: 'a', MessageId: expect.any(String) }]);
  expect(Failed).toMatchObject([{ Id: 'b', Code: 'InvalidParameter', SenderFault: true }]);
  expect(JSON.parse(await next('all'))).toMatchObject({
    MessageId: Successful?.[0]?.MessageId,
    Message: 'first',
    MessageAttributes: { city: { Type: 'String', Value: 'Bern' } },
  });
  await expect(batch([])).rejects.toThrow('no entries');
  await expect(batch(entries.map((entry) => ({ ...entry, Id: 'a' })))).rejects.toThrow('same Id');
});

test('a message may have another text for each protocol', async () => {
  await subscribe('sqs', await queue('raw'), { RawMessageDelivery: true });
  await subscribe('email', 'ann@example.com');
  const sns = await client();
  const publish = (Message: object) =>
    sns.send(new PublishCommand({ TopicArn: topicArn, MessageStructure: 'json', Message: JSON.stringify(Message) }));
  await publish({ default: 'rain', sqs: '{"rain":true}' });
  expect(await next('raw')).toBe('{"rain":true}');
  expect(newestMails(world.dataDir)).toMatchObject([{ text: 'rain' }]);
  await expect(publish({ sqs: 'no default' })).rejects.toThrow('No default entry');
});

test('a message of more than 256 KB is refused', async () => {
  const Message = 'x'.repeat(262_145);
  await expect((await client()).send(new PublishCommand({ TopicArn: topicArn, Message }))).rejects.toThrow('too long');
});

test('a server confirms first, is tried again, and what it never takes goes to the dead letters', async () => {
  const { requests, url } = await server(200, 500, 200, 404);
  await subscribe('http', url, { RedrivePolicy: { deadLetterTargetArn: await queue('dead') } });
  await expect.poll(() => requests.length).toBe(1);
  topics.publish(topicArn, { Message: 'too early' });
  expect(requests[0]).toMatchObject({ type: 'SubscriptionConfirmation' });
  await fetch(String(requests[0]?.body['SubscribeURL']));
  topics.publish(topicArn, { Message: 'in time' });
  await expect.poll(() => requests.length).toBe(3);
  expect(requests.slice(1).map(({ body }) => body['Message'])).toEqual(['in time', 'in time']);
  topics.publish(topicArn, { Message: 'refused' });
  expect(JSON.parse(await next('dead'))).toMatchObject({ Message: 'refused' });
});

test('mails are kept, and nothing is sent to another machine', async () => {
  await subscribe('email', 'ann@example.com');
  await subscribe('https', 'https://hooks.example.com/secret');
  await expect
    .poll(() => world.warnings)
    .toEqual([expect.stringContaining('hooks.example.com is not on this machine')]);
  topics.publish(topicArn, { Subject: 'Rain', Message: 'It rains.' });
  const page = await serveHttp(serveLocalPages([mailPage(world.dataDir)], world));
  const { mails } = JSON.parse(await (await fetch(`${page.endpoint}/_local/mails.json`)).text());
  await page.stop();
  expect(mails).toMatchObject([{ to: ['ann@example.com'], subject: 'Rain', text: 'It rains.' }]);
});

test.each([
  ['AWS::SNS::Topic', { FifoTopic: true }, "FifoTopic: isn't supported"],
  ['AWS::SNS::Subscription', { TopicArn: topicArn, Protocol: 'sms', Endpoint: '+1' }, "Protocol: isn't supported"],
  [
    'AWS::SNS::Subscription',
    { TopicArn: topicArn, Protocol: 'lambda', Endpoint: 'x', FilterPolicy: { address: [{ cidr: '10.0.0.0/8' }] } },
    'A filter pattern has an unknown rule',
  ],
])('%s with %o is refused', async (type, properties, why) => {
  await expect(createResource(topicHandlers, world, type, properties)).rejects.toThrow(why);
});

import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { serveLocalPages } from '../../console/local-page.ts';
import { callService } from '../../services/call.ts';
import { serveHttp } from '../../services/http-service.ts';
import { mailPage } from '../../services/ses/page.ts';
import { startSns, topicHandlers } from '../../services/sns/index.ts';
import { Topics } from '../../services/sns/topics.ts';
import { queues, startSqs } from '../../services/sqs/index.ts';
import { createResource } from '../helpers/resources.ts';
import { credentials, type TestWorld, testWorld } from '../helpers/world.ts';

const Envelope = z.looseObject({ Type: z.string(), Message: z.string() });
const topicArn = 'arn:aws:sns:us-east-1:000000000000:news';
const events: unknown[] = [];
let world: TestWorld;
let topics: Topics;

beforeEach(async () => {
  events.length = 0;
  world = testWorld({
    functions: { reader: (event) => void events.push(event) },
    async startService(name) {
      const service = name === 'SNS' ? await startSns(topics, world) : await startSqs(world);
      world.whenStopping(() => service.stop());
      return service.endpoint;
    },
  });
  topics = new Topics(world);
  await createResource(topicHandlers(topics), world, 'AWS::SNS::Topic', { TopicName: 'news' });
});
afterEach(() => world[Symbol.asyncDispose]());

const subscribe = (Protocol: string, Endpoint: string, more: object = {}) =>
  createResource(topicHandlers(topics), world, 'AWS::SNS::Subscription', {
    TopicArn: topicArn,
    Protocol,
    Endpoint,
    ...more,
  });
const queue = async (name: string) =>
  String((await createResource([queues], world, 'AWS::SQS::Queue', { QueueName: name })).attributes?.['Arn']);

/** The body of the next message in a queue. */
async function next(name: string): Promise<string> {
  const QueueUrl = `${await world.endpoint('SQS')}/${world.account}/${name}`;
  const answer = await callService(world, 'AmazonSQS.ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 });
  return z.object({ Messages: z.tuple([z.object({ Body: z.string() })]) }).parse(answer).Messages[0].Body;
}

/** A server that answers with some statuses in turn, and then with 200. */
async function server(...statuses: number[]) {
  const requests: { type: IncomingMessage['headers'][string]; body: Record<string, unknown> }[] = [];
  const running = createServer(async (request, response) => {
    requests.push({ type: request.headers['x-amz-sns-message-type'], body: JSON.parse(await text(request)) });
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
  const client = (secretAccessKey: string) =>
    world.endpoint('SNS').then(
      (endpoint) =>
        new SNSClient({
          endpoint,
          region: 'us-east-1',
          maxAttempts: 1,
          credentials: { ...credentials, secretAccessKey },
        }),
    );
  const publish = new PublishCommand({ TopicArn: topicArn, Message: 'from the SDK' });
  const { MessageId } = await (await client('local')).send(publish);
  expect(JSON.parse(await next('all'))).toMatchObject({ MessageId, Message: 'from the SDK' });
  await expect((await client('wrong')).send(publish)).rejects.toThrow('signature');
  const nowhere = new PublishCommand({ TopicArn: `${topicArn}s`, Message: 'lost' });
  await expect((await client('local')).send(nowhere)).rejects.toThrow('Topic does not exist');
});

test('a server confirms first, is tried again, and what it never takes goes to the dead letters', async () => {
  const { requests, url } = await server(200, 500, 200, 404);
  await subscribe('http', url, { RedrivePolicy: { deadLetterTargetArn: await queue('dead') } });
  await vi.waitFor(() => expect(requests.length).toBe(1));
  topics.publish(topicArn, { Message: 'too early' });
  expect(requests[0]).toMatchObject({ type: 'SubscriptionConfirmation' });
  await fetch(String(requests[0]?.body['SubscribeURL']));
  topics.publish(topicArn, { Message: 'in time' });
  await vi.waitFor(() => expect(requests.length).toBe(3), { timeout: 20_000 });
  expect(requests.slice(1).map(({ body }) => body['Message'])).toEqual(['in time', 'in time']);
  topics.publish(topicArn, { Message: 'refused' });
  expect(JSON.parse(await next('dead'))).toMatchObject({ Message: 'refused' });
});

test('mails are kept, and nothing is sent to another machine', async () => {
  await subscribe('email', 'ann@example.com');
  await subscribe('https', 'https://hooks.example.com/secret');
  await vi.waitFor(() =>
    expect(world.warnings).toEqual([expect.stringContaining('hooks.example.com is not on this machine')]),
  );
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
    { TopicArn: topicArn, Protocol: 'lambda', Endpoint: 'x', FilterPolicy: {} },
    "FilterPolicy: isn't supported",
  ],
])('%s with %o is refused', async (type, properties, why) => {
  await expect(createResource(topicHandlers(topics), world, type, properties)).rejects.toThrow(why);
});

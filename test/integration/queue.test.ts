import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createQueue } from '#adapters/queues/queue.ts';
import { callService } from '#local/services/call.ts';
import { serveJsonApi } from '#local/services/json-api.ts';
import { queueOperations } from '#local/services/sqs/operations.ts';
import { QueueStore } from '#local/services/sqs/store.ts';
import { access, callerOf } from '#local/test/helpers/world.ts';

const folder = mkdtempSync(join(tmpdir(), 'queue-'));
const store = new QueueStore(join(folder, 'sqs.sqlite'), 'arn:aws:sqs:us-east-1:000000000000:');
let sqs: Awaited<ReturnType<typeof serveJsonApi>>;
let queues = 0;

beforeAll(async () => {
  const urlOf = (queue: string) => `http://localhost/000000000000/${queue}`;
  sqs = await serveJsonApi('SQS', queueOperations(store, '000000000000', urlOf), access);
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_SQS: sqs.endpoint,
  });
});
afterAll(async () => {
  await sqs.stop();
  store.close();
  rmSync(folder, { recursive: true });
});

/** A new queue. `receive` gets the messages that are due so many seconds from now, and hides them for a minute. */
async function start() {
  const QueueName = `queue${queues++}`;
  await callService(callerOf(sqs.endpoint), 'AmazonSQS.CreateQueue', { QueueName });
  return {
    ...createQueue<{ n: number }>(`${sqs.endpoint}/000000000000/${QueueName}`),
    receive: (inSeconds = 0) => store.receive(QueueName, 100, 60_000, Date.now() + 1000 * inSeconds),
  };
}

test('any number of messages is sent, each once', async () => {
  const { sendAll, receive } = await start();
  await sendAll([]);
  const messages = Array.from({ length: 23 }, (_, n) => ({ n }));
  await sendAll(messages);
  const received = receive().map(({ body }) => JSON.parse(body));
  expect(received.toSorted((a, b) => a.n - b.n)).toEqual(messages);
});

test('a message that is delayed is received when its time has come', async () => {
  const { send, receive } = await start();
  await send({ n: 1 }, 60);
  expect(receive(50)).toEqual([]);
  expect(receive(61)).toMatchObject([{ body: '{"n":1}' }]);
});

test('a message that is postponed comes again after that time', async () => {
  const { send, receive, postpone } = await start();
  await send({ n: 1 });
  const [message] = receive();
  await postpone(message?.receiptHandle ?? '', 600);
  expect(receive(500)).toEqual([]);
  expect(receive(601)).toMatchObject([{ body: '{"n":1}', receiveCount: 2 }]);
});

test('what SQS refuses is thrown', async () => {
  const { send, sendAll } = createQueue(`${sqs.endpoint}/000000000000/none`);
  await expect(send({ n: 1 })).rejects.toThrow();
  await expect(sendAll([{ n: 1 }])).rejects.toThrow();
});

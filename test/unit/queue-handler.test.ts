import type { Context, SQSRecord } from 'aws-lambda';
import { expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { groupedQueueHandler, type Outcome, queueHandler } from '#lambdas/kit/queue.ts';

const Job = z.object({ name: z.string() });
type Job = z.infer<typeof Job>;

/** Runs a batch of messages with these bodies. Their ids are their indexes. */
async function run(bodies: readonly string[], work: (job: Job) => Promise<Outcome>) {
  const Records = bodies.map((body, i) => ({ messageId: String(i), body }) as SQSRecord);
  const answer = await queueHandler(Job, work)({ Records }, { awsRequestId: 'test' } as Context);
  return answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

const body = (name: string) => JSON.stringify({ name, more: 1 });

test('a job is the body as the schema has it, and is gone when it is done', async () => {
  const jobs: Job[] = [];
  const failed = await run([body('a'), body('b')], async (job) => {
    jobs.push(job);
    return 'done';
  });
  expect(failed).toEqual([]);
  expect(jobs).toEqual([{ name: 'a' }, { name: 'b' }]);
});

test('only the messages that failed come again', async () => {
  const failed = await run([body('bad'), body('b'), body('later'), body('d')], async ({ name }) => {
    if (name === 'bad') throw new Error('is bad');
    return name === 'later' ? 'retry' : 'done';
  });
  expect(failed).toEqual(['0', '2']);
});

test('a message that is no job fails by itself', async () => {
  const failed = await run(['{', '{"title":"b"}', body('c')], async () => 'done');
  expect(failed).toEqual(['0', '1']);
});

test('the messages of a batch run at the same time', async () => {
  const second = Promise.withResolvers<Outcome>();
  const failed = await run([body('first'), body('second')], async ({ name }) => {
    if (name === 'first') return second.promise;
    second.resolve('done');
    return 'done';
  });
  expect(failed).toEqual([]);
});

/** Runs a batch of a FIFO queue: messages with these names, each in a group. Returns which failed and how long they wait, in s. */
async function runGroups(
  messages: readonly (readonly [group: string, name: string])[],
  work: (jobs: readonly Job[]) => Promise<void>,
) {
  const Records = messages.map(
    ([MessageGroupId, name]) =>
      ({
        messageId: name,
        receiptHandle: name,
        body: body(name),
        attributes: { MessageGroupId, ApproximateReceiveCount: '2' },
      }) as SQSRecord,
  );
  const waits: Record<string, number> = {};
  const hidden: Record<string, number> = {};
  const postpone = async (name: string, seconds: number) =>
    void Object.assign(name in hidden ? waits : hidden, { [name]: seconds });
  const handler = groupedQueueHandler(Job, postpone, work);
  const answer = await handler({ Records }, { awsRequestId: 'test' } as Context);
  expect(new Set(Object.values(hidden))).toEqual(new Set([10]));
  expect(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(Object.keys(waits));
  return waits;
}

test('what a batch has of a group is handled together and in order, and groups at the same time', async () => {
  const seen: string[] = [];
  const both = Promise.withResolvers<void>();
  const failed = await runGroups(
    [
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
    ],
    async (jobs) => {
      seen.push(jobs.map(({ name }) => name).join());
      if (seen.length === 2) both.resolve();
      await both.promise;
    },
  );
  expect(seen).toEqual(['1,3', '2']);
  expect(failed).toEqual({});
});

test('a group that failed comes again after seconds, and keeps no other from being done', async () => {
  const failed = await runGroups(
    [
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
    ],
    async ([first]) => {
      if (first?.name === '1') throw new Error('is down');
    },
  );
  expect(failed).toEqual({ 1: 4, 3: 4 });
});

test('messages of a group stay hidden while they are handled, for some seconds at a time', async () => {
  vi.useFakeTimers();
  const done = Promise.withResolvers<void>();
  const hidden: number[] = [];
  const postpone = async (_: string, seconds: number) => void hidden.push(seconds);
  const record = { messageId: '1', receiptHandle: '1', body: body('1'), attributes: { MessageGroupId: 'a' } };
  const handled = groupedQueueHandler(
    Job,
    postpone,
    () => done.promise,
  )({ Records: [record as SQSRecord] }, { awsRequestId: 'test' } as Context);
  expect(hidden).toEqual([10]);
  await vi.advanceTimersByTimeAsync(9_000);
  expect(hidden).toEqual([10, 10, 10, 10]);
  done.resolve();
  await handled;
  await vi.advanceTimersByTimeAsync(9_000);
  expect(hidden).toHaveLength(4);
  vi.useRealTimers();
});

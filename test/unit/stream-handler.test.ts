import type { Context, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import type { StreamRecord } from '#adapters/dynamo/stream-record.ts';
import { streamHandler } from '#lambdas/kit/stream.ts';

const record = (sequence: number, pk: string): DynamoDBRecord => {
  const key = { pk: { S: pk }, sk: { S: `seq#${sequence}` } };
  return {
    dynamodb: { SequenceNumber: String(sequence), Keys: key, NewImage: { ...key, n: { N: String(sequence) } } },
  };
};

/** Runs a batch, in which the named partitions fail. */
async function run(batch: DynamoDBRecord[], failing: readonly string[] = []) {
  const ran: string[] = [];
  const handler = streamHandler(async (pk: string, records: readonly StreamRecord[]) => {
    if (failing.includes(pk)) throw new Error('is bad');
    ran.push(`${pk} ${records.map(({ after }) => after?.['n'])}`);
  });
  const event: DynamoDBStreamEvent = { Records: batch };
  return { answer: await handler(event, { awsRequestId: 'test' } as Context), ran };
}

test('the records of a partition come together and in order', async () => {
  const { answer, ran } = await run([record(1, 'a'), record(2, 'b'), record(3, 'a')]);
  expect(ran).toEqual(['a 1,3', 'b 2']);
  expect(answer).toEqual({ batchItemFailures: [] });
});

test('from the first record that failed on, the batch comes again; other partitions are done nevertheless', async () => {
  const { answer, ran } = await run([record(1, 'a'), record(2, 'bad'), record(3, 'c')], ['bad']);
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
  expect(ran).toEqual(['a 1', 'c 3']);
});

test('a batch that begins with a bad record fails as a whole, so that it is split', async () => {
  await expect(run([record(1, 'bad'), record(2, 'b')], ['bad'])).rejects.toThrow();
});

test('a bad record by itself is given back, and at last given up', async () => {
  expect((await run([record(1, 'bad')], ['bad'])).answer).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
});

test('a record that can’t be read fails by itself', async () => {
  const { Keys: _, ...nameless } = record(2, 'b').dynamodb ?? {};
  const { answer, ran } = await run([record(1, 'a'), { dynamodb: nameless }, record(3, 'c')]);
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
  expect(ran).toEqual(['a 1', 'c 3']);
});

import { afterEach, expect, test } from 'vitest';
import { StreamReader } from '../../event-sources/stream-reader.ts';
import { ServiceError } from '../../services/error.ts';
import type { HttpService } from '../../services/http-service.ts';
import { serveJsonApi } from '../../services/json-api.ts';
import { access, callerOf } from '../helpers/world.ts';

const streamArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/1';
let server: HttpService | undefined;
afterEach(() => server?.stop());

interface Where {
  readonly ShardId: string;
  readonly ShardIteratorType: string;
  readonly SequenceNumber?: string;
}

/** A stream of closed shards but the last, with the sequence numbers given. The oldest are trimmed up to `trimmed`. */
async function serve(shards: Record<string, number[]>, { trimmed = 0, failing = new Set<string>() } = {}) {
  const failOnce = (operation: string) => {
    if (failing.delete(operation)) throw new ServiceError('InternalServerError', 'once');
  };
  server = await serveJsonApi(
    'DYNAMODB_STREAMS',
    {
      DescribeStream() {
        failOnce('DescribeStream');
        return { StreamDescription: { Shards: Object.keys(shards).map((ShardId) => ({ ShardId })) } };
      },
      GetShardIterator(input) {
        const { ShardId, ShardIteratorType, SequenceNumber } = input as Where;
        failOnce('GetShardIterator');
        const after = ShardIteratorType === 'TRIM_HORIZON' ? trimmed : Number(SequenceNumber);
        if (after < trimmed) throw new ServiceError('TrimmedDataAccessException', 'trimmed');
        return { ShardIterator: `${ShardId}/${after}` };
      },
      GetRecords(input) {
        failOnce('GetRecords');
        const [shardId = '', after] = (input as { ShardIterator: string }).ShardIterator.split('/');
        const numbers = (shards[shardId] ?? []).filter((number) => number > Number(after)).slice(0, 2);
        const isLast = shardId === Object.keys(shards).at(-1);
        const reached = numbers.at(-1) ?? Number(after);
        const isOver = !isLast && reached === shards[shardId]?.at(-1);
        return {
          Records: numbers.map((number) => ({
            dynamodb: { Keys: {}, SequenceNumber: String(number), ApproximateCreationDateTime: 0 },
          })),
          ...(!isOver && { NextShardIterator: `${shardId}/${reached}` }),
        };
      },
    },
    access,
  );
  return callerOf(server.endpoint);
}

/** Sequence numbers of so many reads. */
async function read(reader: StreamReader, times: number): Promise<number[][]> {
  const pages: number[][] = [];
  for (let i = 0; i < times; i++) {
    const { records } = await reader.read();
    pages.push(records.map(({ dynamodb }) => Number(dynamodb.SequenceNumber)));
  }
  return pages;
}

test('shards are read one after the other, to their ends', async () => {
  const reader = new StreamReader(await serve({ a: [1, 2, 3], b: [4], c: [5, 6, 7] }), { streamArn });
  expect(await read(reader, 6)).toEqual([[1, 2], [3], [4], [5, 6], [7], []]);
  expect(reader.position).toEqual({ streamArn, after: { shardId: 'c', sequenceNumber: '7' } });
});

test('reading goes on behind a position, also at the end of a closed shard', async () => {
  const caller = await serve({ a: [1, 2, 3], b: [4] });
  const from = (sequenceNumber: string) =>
    new StreamReader(caller, { streamArn, after: { shardId: 'a', sequenceNumber } });
  expect(await read(from('1'), 2)).toEqual([[2, 3], [4]]);
  expect((await read(from('3'), 3)).flat()).toEqual([4]);
});

test('from a position that is trimmed, or a shard that is gone, it goes on at the oldest record', async () => {
  const trimmed = { shardId: 'a', sequenceNumber: '1' };
  expect(
    await read(new StreamReader(await serve({ a: [1, 2, 3] }, { trimmed: 2 }), { streamArn, after: trimmed }), 1),
  ).toEqual([[3]]);
  await server?.stop();
  const gone = { shardId: 'z', sequenceNumber: '9' };
  expect(await read(new StreamReader(await serve({ a: [1] }), { streamArn, after: gone }), 1)).toEqual([[1]]);
});

test.each(['DescribeStream', 'GetShardIterator', 'GetRecords'])(
  'a failure of %s at any time loses nothing and repeats nothing',
  async (operation) => {
    for (let at = 0; at < 6; at++) {
      const failing = new Set<string>();
      const reader = new StreamReader(await serve({ a: [1, 2, 3], b: [4, 5] }, { failing }), { streamArn });
      const seen: number[] = [];
      for (let round = 0; round < 8; round++) {
        if (round === at) failing.add(operation);
        seen.push(...(await read(reader, 1).catch(() => [])).flat());
      }
      expect(seen, `failing in round ${at}`).toEqual([1, 2, 3, 4, 5]);
      await server?.stop();
      server = undefined;
    }
  },
);

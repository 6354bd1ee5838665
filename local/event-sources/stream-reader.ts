import * as z from 'zod/mini';
import { type Caller, callService } from '../services/call.ts';
import { unless } from '../services/error.ts';

/** A stream record in the form in which functions get it. */
const record = z.looseObject({
  dynamodb: z.looseObject({
    Keys: z.record(z.string(), z.unknown()),
    SequenceNumber: z.string(),
    /** Seconds since 1970. */
    ApproximateCreationDateTime: z.number(),
  }),
});
export type StreamRecord = z.infer<typeof record>;

/** How far a shard was read: up to and including a record, or not at all. */
export interface Position {
  readonly streamArn: string;
  readonly after?: { readonly shardId: string; readonly sequenceNumber: string } | undefined;
}

const table = z.object({ Table: z.object({ LatestStreamArn: z.string() }) });
const description = z.object({ StreamDescription: z.object({ Shards: z.array(z.object({ ShardId: z.string() })) }) });
const iterator = z.object({ ShardIterator: z.string() });
const page = z.object({ Records: z.array(record), NextShardIterator: z.optional(z.nullable(z.string())) });

/**
 * Reads the stream of a table in order, one shard after the other; a local server has only one open shard at a time. A shard is
 * closed when its iterator ends, because the ending sequence number that the server reports is not reliable.
 */
export class StreamReader {
  readonly #caller: Caller;
  readonly #streamArn: string;
  #after: Position['after'];
  #shardId: string | undefined;
  #iterator: string | undefined;
  /** Whether the shard was read to its end. */
  #isClosed = false;

  constructor(caller: Caller, { streamArn, after }: Position) {
    this.#caller = caller;
    this.#streamArn = streamArn;
    this.#after = after;
  }

  get position(): Position {
    return { streamArn: this.#streamArn, after: this.#after };
  }

  /** Reads the next records, at most 1 000, or none if there are none yet. After a failure the same records are read again. */
  async read(): Promise<{ records: StreamRecord[]; shardId: string; streamArn: string }> {
    this.#iterator ??= await (this.#isClosed ? this.#nextShard() : this.#seek());
    const place = { shardId: this.#shardId ?? '', streamArn: this.#streamArn };
    if (this.#iterator === undefined) return { records: [], ...place };
    const ShardIterator = this.#iterator;
    this.#iterator = undefined;
    const { Records: records, NextShardIterator } = page.parse(await this.#call('GetRecords', { ShardIterator }));
    const sequenceNumber = records.at(-1)?.dynamodb.SequenceNumber;
    if (sequenceNumber !== undefined) this.#after = { shardId: place.shardId, sequenceNumber };
    this.#iterator = NextShardIterator ?? undefined;
    this.#isClosed = this.#iterator === undefined;
    return { records, ...place };
  }

  /** Returns an iterator after the last record that was read, or at the oldest record. */
  async #seek(): Promise<string | undefined> {
    const shards = await this.#shards();
    const known = shards.find((shardId) => shardId === (this.#shardId ?? this.#after?.shardId));
    this.#shardId = known ?? shards[0];
    if (this.#after === undefined || this.#after.shardId !== this.#shardId)
      return this.#iteratorAt({ ShardIteratorType: 'TRIM_HORIZON' });
    const { sequenceNumber: SequenceNumber } = this.#after;
    const after = { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber };
    const found = await this.#iteratorAt(after).catch(unless('TrimmedDataAccessException'));
    return found ?? this.#iteratorAt({ ShardIteratorType: 'TRIM_HORIZON' });
  }

  async #nextShard(): Promise<string | undefined> {
    const shards = await this.#shards();
    const next = shards[shards.indexOf(this.#shardId ?? '') + 1];
    if (next === undefined) return undefined;
    this.#shardId = next;
    this.#isClosed = false;
    return this.#iteratorAt({ ShardIteratorType: 'TRIM_HORIZON' });
  }

  async #shards(): Promise<string[]> {
    const { StreamDescription } = description.parse(await this.#call('DescribeStream', { StreamArn: this.#streamArn }));
    return StreamDescription.Shards.map(({ ShardId }) => ShardId);
  }

  async #iteratorAt(where: object): Promise<string | undefined> {
    if (this.#shardId === undefined) return undefined;
    const input = { StreamArn: this.#streamArn, ShardId: this.#shardId, ...where };
    return iterator.parse(await this.#call('GetShardIterator', input)).ShardIterator;
  }

  #call(operation: string, input: object): Promise<unknown> {
    return callService(this.#caller, `DynamoDBStreams_20120810.${operation}`, input);
  }
}

/** Returns the ARN under which the server knows a table's stream. Its region differs from that in the ARNs of a template. */
export async function streamArnOf(caller: Caller, TableName: string): Promise<string> {
  return table.parse(await callService(caller, 'DynamoDB_20120810.DescribeTable', { TableName })).Table.LatestStreamArn;
}

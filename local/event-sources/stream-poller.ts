import { hash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { every } from '../every.ts';
import type { World } from '../types.ts';
import { Checkpoint } from './checkpoint.ts';
import type { Mapping } from './mapping.ts';
import { OrderedBatches } from './ordered-batches.ts';
import { type StreamEntry, streamBatches } from './stream-batches.ts';
import { StreamReader, streamArnOf } from './stream-reader.ts';

export interface StreamMapping extends Mapping {
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  /** How many batches of a shard may run at once. Records with the same key stay in order. */
  readonly parallelizationFactor: number;
  /** How many times a failing batch is retried. */
  readonly retries: number;
  /** Records that are older are given up. */
  readonly maxAgeMs: number;
  /** Whether a failing batch is split in two, which isolates the record that fails. */
  readonly bisects: boolean;
  /** The ARN of the queue that discarded batches are reported to. */
  readonly onFailure: string | undefined;
}

/** Lambda polls a shard four times a second ("Using Lambda with Amazon DynamoDB"). */
const pollMs = 250;
/** A stream is read at least this often, even if no write was seen: one may have been answered to nobody. */
const idlePollMs = 5_000;
/** Reading pauses while more records than this wait for their turn in one ordered sequence. */
const maxWaiting = 2_000;
/** How long a stop waits for running functions. A record whose function is interrupted is delivered again at the next start. */
const graceMs = 2_000;

/** Invokes a function with the records of a table's stream while the stack runs. It continues where the last run stopped. */
export function pollStream(mapping: StreamMapping, world: World): void {
  let { stopping, sequences, checkpoint } = begin(mapping, world);
  let reader: StreamReader | undefined;
  /** Whether the last read found nothing, how many writes had been answered before it, and when it was. */
  let isAtEnd = false;
  let readAfter: number | undefined;
  let readAt = 0;

  // Stop functions run in reverse order, so this one runs after the poller has stopped.
  world.whenStopping(async () => {
    stopping.abort();
    await Promise.race([Promise.all(sequences.map(({ idle }) => idle)), sleep(graceMs)]);
    checkpoint.flush();
  });

  /** The stream has been emptied, and begins anew. */
  const rewind = () => {
    reader = reader && new StreamReader(world, { streamArn: reader.position.streamArn });
  };
  world.whenKeeping(() => () => {
    stopping.abort();
    ({ stopping, sequences, checkpoint } = begin(mapping, world));
    rewind();
  });

  every(pollMs, world, `Polling for ${mapping.id}`, async () => {
    const { signal } = stopping;
    reader ??= await openStream(mapping, checkpoint, world);
    if (sequences.some(({ waiting }) => waiting > maxWaiting)) return;
    // An idle stack reads no streams: all writes pass through it, unless its DynamoDB is one from outside.
    const { count } = world.writes;
    if (isAtEnd && count !== undefined && count === readAfter && Date.now() < readAt + idlePollMs) return;
    [isAtEnd, readAfter, readAt] = [false, count, Date.now()];
    const { records, shardId, streamArn } = await reader.read();
    if (signal.aborted) return rewind();
    isAtEnd = records.length === 0;
    for (const record of records) {
      const { SequenceNumber: sequenceNumber, Keys } = record.dynamodb;
      const done = checkpoint.begin({ streamArn, after: { shardId, sequenceNumber } });
      const event = { ...record, awsRegion: world.region, eventSourceARN: mapping.sourceArn };
      const keyHash = Number.parseInt(hash('md5', JSON.stringify(Keys)).slice(0, 8), 16);
      const sequence = sequences[keyHash % sequences.length];
      if (sequence && mapping.isWanted(event)) sequence.add({ record: event, shardId, done });
      else done();
    }
  });
}

/** What handles records, until `stopping` is aborted. */
function begin(mapping: StreamMapping, world: World) {
  const stopping = new AbortController();
  const checkpoint = new Checkpoint(join(world.dataDir, 'event-sources', `${mapping.id}.json`), world.log);
  const batches = streamBatches(mapping, world, stopping.signal);
  const handle = (batch: StreamEntry[]) => batches.handle(batch);
  const sequences = Array.from(
    { length: mapping.parallelizationFactor },
    () => new OrderedBatches(mapping.batchSize, mapping.windowMs, handle),
  );
  return { stopping, sequences, checkpoint };
}

async function openStream(mapping: StreamMapping, checkpoint: Checkpoint, world: World): Promise<StreamReader> {
  const tableName = mapping.sourceArn.replace(/^.*:table\//, '').replace(/\/stream\/.*$/, '');
  const streamArn = await streamArnOf(world, tableName);
  const position = checkpoint.read();
  if (position?.streamArn === streamArn) return new StreamReader(world, position);

  const reader = new StreamReader(world, { streamArn });
  if (mapping.startingPosition === 'LATEST') while ((await reader.read()).records.length > 0);
  checkpoint.write(reader.position);
  return reader;
}

import { hash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { every } from '../every.ts';
import type { World } from '../types.ts';
import { Checkpoint } from './checkpoint.ts';
import type { Mapping } from './mapping.ts';
import { Lane } from './ordered-batches.ts';
import { StreamBatches, type StreamEntry } from './stream-batches.ts';
import { StreamReader, streamArnOf } from './stream-reader.ts';

export interface StreamMapping extends Mapping {
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  /** Batches that may run at once; records with one key stay in order. */
  readonly lanes: number;
  /** Attempts after the first. */
  readonly retries: number;
  /** Older records are given up. */
  readonly maxAgeMs: number;
  /** Whether a failing batch is split in two, to find the record that fails. */
  readonly bisects: boolean;
  /** ARN of the queue that is told of batches given up. */
  readonly onFailure: string | undefined;
}

/** Lambda polls a shard four times a second ("Using Lambda with Amazon DynamoDB"). */
const pollMs = 250;
/** Records that wait in a lane before reading pauses. */
const maxWaiting = 2_000;
/** How long a stop waits for functions under way; a record whose function was cut off comes again at the next start. */
const graceMs = 2_000;

/** Brings the records of a table's stream to a function while the stack runs; goes on where it was at the last stop. */
export function pollStream(mapping: StreamMapping, world: World): void {
  const stopping = new AbortController();
  const checkpoint = new Checkpoint(join(world.dataDir, 'event-sources', `${mapping.id}.json`));
  const batches = new StreamBatches(mapping, world, stopping.signal);
  const lanes = Array.from(
    { length: mapping.lanes },
    () => new Lane<StreamEntry>(mapping.batchSize, mapping.windowMs, (batch) => batches.handle(batch)),
  );
  let reader: StreamReader | undefined;

  // Registered before the poller, so that it runs after the poller has stopped.
  world.whenStopping(async () => {
    stopping.abort();
    await Promise.race([Promise.all(lanes.map(({ idle }) => idle)), sleep(graceMs)]);
  });

  every(pollMs, world, `Polling for ${mapping.id}`, async () => {
    reader ??= await openStream(mapping, checkpoint, world);
    if (lanes.some(({ waiting }) => waiting > maxWaiting)) return;
    const { records, shardId, streamArn } = await reader.read();
    for (const record of records) {
      const { SequenceNumber: sequenceNumber, Keys } = record.dynamodb;
      const done = checkpoint.begin({ streamArn, after: { shardId, sequenceNumber } });
      const event = { ...record, awsRegion: world.region, eventSourceARN: mapping.sourceArn };
      const lane = lanes[Number.parseInt(hash('md5', JSON.stringify(Keys)).slice(0, 8), 16) % lanes.length];
      if (lane && mapping.isWanted(event)) lane.add({ record: event, shardId, done });
      else done();
    }
  });
}

async function openStream(mapping: StreamMapping, checkpoint: Checkpoint, world: World): Promise<StreamReader> {
  const endpoint = await world.endpoint('DYNAMODB_STREAMS');
  const tableName = mapping.sourceArn.replace(/^.*:table\//, '').replace(/\/stream\/.*$/, '');
  const streamArn = await streamArnOf(endpoint, tableName);
  const position = checkpoint.read();
  if (position?.streamArn === streamArn) return new StreamReader(endpoint, position);

  const reader = new StreamReader(endpoint, { streamArn });
  if (mapping.startingPosition === 'LATEST') while ((await reader.read()).records.length > 0);
  checkpoint.write(reader.position);
  return reader;
}

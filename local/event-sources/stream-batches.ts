import { setTimeout as sleep } from 'node:timers/promises';
import { lambdaFigures } from '../cloudwatch/lambda.ts';
import { shuffled } from '../faults/random.ts';
import { sendToQueue } from '../functions/destination.ts';
import { functionName } from '../functions/name.ts';
import type { Invocation, World } from '../types.ts';
import { reportedFailures } from './failures.ts';
import type { StreamMapping } from './stream-poller.ts';
import type { StreamRecord } from './stream-reader.ts';

/** A record that is being handled. `done` is called when it is handled or given up. */
export interface StreamEntry {
  readonly record: StreamRecord;
  readonly shardId: string;
  readonly done: () => void;
}
type Batch = readonly StreamEntry[];

const maxBackoffMs = 10_000;

/**
 * Invokes a function with batches of stream records until each record is handled or given up ("Using Lambda with Amazon DynamoDB"
 * and "Configuring partial batch response with DynamoDB and Lambda"). A failing batch is retried from the first record that failed,
 * and later records wait for it. `handle` rejects if the stack stops meanwhile.
 */
export function streamBatches(mapping: StreamMapping, world: World, stopping: AbortSignal) {
  const name = functionName(mapping.functionName);

  async function handle(batch: Batch, attemptsBefore = 0): Promise<void> {
    let attempts = attemptsBefore;
    let rest = batch;
    for (;;) {
      stopping.throwIfAborted();
      rest = await giveUpOld(rest, attempts);
      if (rest.length === 0) return;
      if (await reorder(rest, attempts)) return;
      const { invocation, done } = await invoke(rest);
      stopping.throwIfAborted();
      for (const entry of rest.slice(0, done)) entry.done();
      rest = rest.slice(done);
      if (rest.length === 0) return;
      if (done > 0) attempts = 0;

      // "Splitting a batch does not count towards the retry quota."
      if (mapping.bisects && invocation?.functionError && rest.length > 1) {
        const middle = Math.ceil(rest.length / 2);
        await handle(rest.slice(0, middle), attempts);
        return handle(rest.slice(middle), attempts);
      }
      // A throttled invocation doesn't count as an attempt.
      if (invocation) attempts += 1;
      if (attempts > mapping.retries) return giveUp(rest, 'RetryAttemptsExhausted', attempts, invocation);
      await sleep(Math.min(100 * 2 ** attempts, maxBackoffMs), undefined, { signal: stopping });
    }
  }

  /** Invokes the function. `done` is how many records from the start of the batch are handled. */
  async function invoke(batch: Batch): Promise<{ invocation?: Invocation; done: number }> {
    const { faults, figures, functions, log } = world;
    const late = faults.meet('batch-late', name);
    if (late) await sleep(late.ms, undefined, { signal: stopping });
    const event = { Records: batch.map(({ record }) => record) };
    const last = batch.at(-1)?.record.dynamodb.ApproximateCreationDateTime ?? 0;
    const age = Math.max(0, Date.now() - 1000 * last);
    const target = mapping.functionName;
    lambdaFigures(figures)(target, 'IteratorAge', age);
    try {
      if (faults.meet('batch-half-failed', name)) {
        const Records = event.Records.slice(0, Math.ceil(batch.length / 2));
        const invocation = await functions.invoke(target, { Records });
        return { invocation: { ...invocation, functionError: 'Unhandled' }, done: 0 };
      }
      if (faults.meet('batch-repeated', name)) await functions.invoke(target, event);
      const invocation = await functions.invoke(target, event);
      return { invocation, done: doneOf(batch, invocation) };
    } catch (error) {
      log.debug(`${mapping.id}: ${error}`);
      return { done: 0 };
    }
  }

  /** Handles the items of a batch in any order, if a fault says so. Records of one item stay in order. */
  async function reorder(batch: Batch, attempts: number): Promise<boolean> {
    const fault = world.faults.meet('batch-reordered', name);
    if (!fault) return false;
    const items = new Map<string, StreamEntry[]>();
    for (const entry of batch) {
      const key = JSON.stringify(entry.record.dynamodb.Keys);
      items.set(key, [...(items.get(key) ?? []), entry]);
    }
    if (items.size < 2) return false;
    for (const item of shuffled([...items.values()], fault.random)) await handle(item, attempts);
    return true;
  }

  function doneOf(batch: Batch, { functionError, payload }: Invocation): number {
    if (functionError) return 0;
    const sequences = batch.map(({ record }) => record.dynamodb.SequenceNumber);
    const failed = reportedFailures(mapping, payload)?.map((id) => sequences.indexOf(id));
    // An identifier that is not in the batch has the index -1, and makes the whole batch fail.
    return failed ? Math.max(0, Math.min(batch.length, ...failed)) : 0;
  }

  async function giveUpOld(batch: Batch, attempts: number): Promise<Batch> {
    const oldest = Date.now() - mapping.maxAgeMs;
    const isOld = ({ record }: StreamEntry) => 1000 * record.dynamodb.ApproximateCreationDateTime < oldest;
    const old = batch.filter(isOld);
    if (old.length > 0) await giveUp(old, 'RecordAgeExceeded', attempts);
    return batch.filter((entry) => !isOld(entry));
  }

  /** Reports a discarded batch to the on-failure destination ("Retaining discarded batches for a DynamoDB event source"). */
  async function giveUp(batch: Batch, condition: string, attempts: number, invocation?: Invocation): Promise<void> {
    const { onFailure, functionName, sourceArn } = mapping;
    const { requestId, functionError } = invocation ?? {};
    const [first, last] = [batch.at(0)?.record.dynamodb, batch.at(-1)?.record.dynamodb];
    const time = (seconds = 0) => new Date(1000 * seconds).toISOString();
    const message = {
      requestContext: { requestId, functionArn: functionName, condition, approximateInvokeCount: attempts },
      responseContext: invocation && { statusCode: 200, executedVersion: '$LATEST', functionError },
      version: '1.0',
      timestamp: new Date().toISOString(),
      DDBStreamBatchInfo: {
        shardId: batch.at(0)?.shardId,
        startSequenceNumber: first?.SequenceNumber,
        endSequenceNumber: last?.SequenceNumber,
        approximateArrivalOfFirstRecord: time(first?.ApproximateCreationDateTime),
        approximateArrivalOfLastRecord: time(last?.ApproximateCreationDateTime),
        batchSize: batch.length,
        streamArn: sourceArn,
      },
    };
    if (onFailure) await send(onFailure, JSON.stringify(message));
    else world.log.warn(`${mapping.id} gave up ${batch.length} stream records: ${condition}`);
    for (const entry of batch) entry.done();
  }

  async function send(queueArn: string, message: string): Promise<void> {
    for (;;) {
      try {
        return await sendToQueue(world, queueArn, message);
      } catch (error) {
        world.log.warn(`${mapping.id} can't tell ${queueArn} of a failure: ${error}; trying again`);
        await sleep(maxBackoffMs, undefined, { signal: stopping });
      }
    }
  }

  return { handle };
}

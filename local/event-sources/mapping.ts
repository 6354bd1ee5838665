import * as z from 'zod/mini';
import { handle } from '../handle.ts';
import { absent, Count, Flag } from '../parse.ts';
import { StackError } from '../types.ts';
import { type Filter, parseBodyFilter, parseFilter } from './filter.ts';
import { pollQueue } from './queue-poller.ts';
import { pollStream } from './stream-poller.ts';

const sqsArn = z.string().check(z.regex(/^arn:aws:sqs:/, 'can be a queue only'));

const properties = z.object({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  Enabled: z._default(Flag, true),
  BatchSize: z.optional(Count),
  MaximumBatchingWindowInSeconds: z._default(Count, 0),
  FilterCriteria: z.optional(z.object({ Filters: z._default(z.array(z.object({ Pattern: z.string() })), []) })),
  FunctionResponseTypes: z._default(z.array(z.literal('ReportBatchItemFailures')), []),
  StartingPosition: z._default(z.enum(['TRIM_HORIZON', 'LATEST']), 'TRIM_HORIZON'),
  ParallelizationFactor: z._default(Count, 1),
  MaximumRetryAttempts: z._default(Count, -1),
  MaximumRecordAgeInSeconds: z._default(Count, -1),
  BisectBatchOnFunctionError: z._default(Flag, false),
  DestinationConfig: z.optional(z.object({ OnFailure: z.optional(z.object({ Destination: sqsArn })) })),
  ScalingConfig: z.optional(z.object({ MaximumConcurrency: z.optional(Count) })),
  TumblingWindowInSeconds: z.optional(Count.check(z.maximum(0, "isn't supported"))),
  StartingPositionTimestamp: absent,
});

const orUnlimited = (limit: number) => (limit < 0 ? Number.POSITIVE_INFINITY : limit);

/** The settings that mappings of streams and of queues have in common. */
export interface Mapping {
  /** An id that is the same at every start. */
  readonly id: string;
  readonly sourceArn: string;
  readonly functionName: string;
  readonly batchSize: number;
  /** The batching window: for how many milliseconds a batch waits to become full. */
  readonly windowMs: number;
  /** Tells whether a record, or the body of a message, matches one of the filters. The function doesn't get other records, and they count as done. */
  readonly isWanted: Filter;
  readonly reportsItemFailures: boolean;
}

/** Handles mappings from DynamoDB streams and SQS queues to functions. */
const type = 'AWS::Lambda::EventSourceMapping';
export const eventSourceMapping = handle(type, properties, async (given, world, resource) => {
  const isQueue = given.EventSourceArn.startsWith('arn:aws:sqs:');
  const parse = isQueue ? parseBodyFilter : parseFilter;
  const filters = given.FilterCriteria?.Filters.map(({ Pattern }) => parse(Pattern)) ?? [];
  const id = `${resource.stack}-${resource.logicalId}`;
  const mapping = {
    id,
    sourceArn: given.EventSourceArn,
    functionName: given.FunctionName,
    windowMs: 1000 * given.MaximumBatchingWindowInSeconds,
    isWanted: (record: unknown) => filters.length === 0 || filters.some((filter) => filter(record)),
    reportsItemFailures: given.FunctionResponseTypes.length > 0,
  };
  if (!given.Enabled) return { ref: id };
  if (/^arn:aws:dynamodb:.*\/stream\//.test(given.EventSourceArn))
    pollStream(
      {
        ...mapping,
        batchSize: given.BatchSize ?? 100,
        startingPosition: given.StartingPosition,
        parallelizationFactor: given.ParallelizationFactor,
        retries: orUnlimited(given.MaximumRetryAttempts),
        maxAgeMs: 1000 * orUnlimited(given.MaximumRecordAgeInSeconds),
        bisects: given.BisectBatchOnFunctionError,
        onFailure: given.DestinationConfig?.OnFailure?.Destination,
      },
      world,
    );
  else if (isQueue) {
    // "Creating and configuring an Amazon SQS event source mapping".
    if (given.EventSourceArn.endsWith('.fifo') && ((given.BatchSize ?? 0) > 10 || mapping.windowMs > 0))
      throw new StackError('A FIFO queue has batches of at most 10 messages, and no batching window.');
    const concurrency = given.ScalingConfig?.MaximumConcurrency ?? 10;
    pollQueue({ ...mapping, batchSize: given.BatchSize ?? 10, concurrency }, world);
  } else throw new StackError(`EventSourceArn: ${given.EventSourceArn} is neither a DynamoDB stream nor an SQS queue.`);
  return { ref: id };
});

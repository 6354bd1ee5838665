import { AsyncLocalStorage } from 'node:async_hooks';
import middy from '@middy/core';
import { retries } from '#adapters/aws/retries.ts';
import { type MetricName, type MetricOf, type metrics, namespace } from '#core/metrics.ts';

/** What the log lines of an invocation share, and what it has counted. */
interface Invocation {
  readonly requestId: string;
  /** That of what is being done now. A batch does several things, each with an id of its own. */
  correlationId: string | undefined;
  /** Those of all that was done. */
  readonly correlationIds: Set<string>;
  readonly details: Record<string, unknown>;
  readonly measured: Map<MetricName, { readonly unit: string; readonly values: number[] }>;
}

const current = new AsyncLocalStorage<Invocation>();

/** The most values that one metric may have in a line ("Specification: Embedded metric format"). */
const mostValues = 100;

/**
 * A handler whose log lines have the id of the request and the correlation id that `idOf` finds in the event. When it ends, what was
 * counted is written as one line, if anything was.
 */
export function invocation<Event extends object, Result>(idOf: (event: Event) => string | undefined) {
  return middy<Event, Result>({
    requestStart({ context }) {
      current.enterWith({
        requestId: context.awsRequestId,
        correlationId: undefined,
        correlationIds: new Set(),
        details: {},
        measured: new Map(),
      });
    },
    requestEnd: writeMetrics,
  }).before(({ event }) => correlate(idOf(event)));
}

/**
 * Sets the correlation id: the id of what somebody asked for, such as a message. It follows it through all functions that take part,
 * and all following log lines have it.
 */
export function correlate(correlationId: string | undefined): void {
  const invoked = current.getStore();
  if (!invoked || correlationId === undefined) return;
  // A batch has none before it begins with a part of it, and that of a frame replaces that of its request.
  invoked.correlationIds.delete(invoked.correlationId ?? '');
  invoked.correlationIds.add(correlationId);
  invoked.correlationId = correlationId;
}

/** Does a part of a batch, whose log lines have a correlation id of their own. */
export function correlated<T>(correlationId: string, run: () => Promise<T>): Promise<T> {
  const invoked = current.getStore();
  if (!invoked) return run();
  invoked.correlationIds.add(correlationId);
  return current.run({ ...invoked, correlationId }, run);
}

/** The correlation id of what is being done, which is passed on to other functions. */
export function currentCorrelationId(): string | undefined {
  return current.getStore()?.correlationId;
}

/** What each log line begins with. */
export function lineHead(level: string, message: string) {
  const { requestId, correlationId } = current.getStore() ?? {};
  const { SERVICE: service, FUNCTION: fn } = process.env;
  return { level, message, timestamp: new Date().toISOString(), service, function: fn, requestId, correlationId };
}

/** Adds what an invocation is about to its line of metrics: ids and codes, and never what somebody wrote. */
export function note(details: Readonly<Record<string, string | number | undefined>>): void {
  Object.assign(current.getStore()?.details ?? {}, details);
}

/** Counts something. It costs nothing but bytes in the log (decision 0126). */
export function count(name: MetricOf<'count'>, by = 1): void {
  if (by <= 0) return;
  const { values } = measuredOf(name, 'Count');
  values[0] = (values[0] ?? 0) + by;
}

// A call that is repeated is published in the context of the invocation that made it.
retries.subscribe(() => count('Retries'));

/** Notes a measurement. The list of metrics has its unit, too; it isn't read here, so that it is in no bundle. */
export function measure<Name extends MetricOf<'measure' | 'gauge'>>(
  name: Name,
  value: number,
  unit: (typeof metrics)[Name]['unit'],
): void {
  if (measuredOf(name, unit).values.length === mostValues) writeMetrics();
  measuredOf(name, unit).values.push(value);
}

function measuredOf(name: MetricName, unit: string) {
  const all = current.getStore()?.measured;
  const measured = all?.get(name) ?? { unit, values: [] };
  all?.set(name, measured);
  return measured;
}

/** Writes what the invocation has counted as a line in CloudWatch's embedded metric format, which is all that the metrics cost. */
function writeMetrics(): void {
  const { measured, details, correlationIds } = current.getStore() ?? {};
  if (!measured || measured.size === 0) return;
  const all = [...measured];
  measured.clear();
  const line = {
    ...lineHead('INFO', 'Metrics'),
    correlationId: [...(correlationIds ?? [])].join(' '),
    ...details,
    ...Object.fromEntries(all.map(([name, { values }]) => [name, values.length === 1 ? values[0] : values])),
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [
        {
          Namespace: namespace,
          Dimensions: [['service']],
          Metrics: all.map(([Name, { unit: Unit }]) => ({ Name, Unit })),
        },
      ],
    },
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

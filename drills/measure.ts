import type { Call, Sent } from './crowd.ts';

/** Times of `performance.now()`: from the first, up to the second. */
export type Span = readonly [from: number, to: number];

/** Percentiles in ms. They are undefined where there was nothing. */
export interface Latency {
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  readonly p99: number | undefined;
  readonly max: number | undefined;
}

interface Counted {
  readonly count: number;
  readonly failed: number;
}

/** What people had of the messages that were due, and of the histories that were asked for, in a span. */
export interface Measured {
  readonly seconds: number;
  readonly messages: number;
  /** From when it was due to the answer, as its sender sees it. */
  readonly accepted: Latency;
  /** From when it was due to the client of a recipient. */
  readonly delivered: Latency;
  readonly undelivered: number;
  readonly read: Latency & Counted;
  readonly upload: Latency & Counted;
  /** Of all requests that began then, how many in a hundred were refused, failed or never answered. */
  readonly errors: number;
}

/** A request as the checker's recorder saw it: every attempt is one. */
export interface Attempt {
  readonly at: number;
  readonly failed: boolean;
}

const within =
  ([from, to]: Span) =>
  (time: number) =>
    time >= from && time < to;

export function latencyOf(values: readonly number[]): Latency {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => {
    const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    return value === undefined ? undefined : Math.round(value);
  };
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

function callsOf(calls: readonly Call[]): Latency & Counted {
  const done = calls.filter(({ failed }) => !failed);
  return { ...latencyOf(done.map(({ ms }) => ms)), count: calls.length, failed: calls.length - done.length };
}

export function measure(
  span: Span,
  { sent, calls, attempts }: { sent: readonly Sent[]; calls: readonly Call[]; attempts: readonly Attempt[] },
): Measured {
  const isIn = within(span);
  const messages = sent.filter(({ due }) => isIn(due));
  const tried = attempts.filter(({ at }) => isIn(at));
  const failed = tried.filter((attempt) => attempt.failed).length;
  return {
    seconds: Math.round((span[1] - span[0]) / 1_000),
    messages: messages.length,
    accepted: latencyOf(messages.flatMap(({ due, acknowledged }) => (acknowledged ? [acknowledged - due] : []))),
    delivered: latencyOf(messages.flatMap(({ due, delivered }) => delivered.map((at) => at - due))),
    undelivered: messages.reduce((sum, { recipients, delivered }) => sum + recipients - delivered.length, 0),
    read: callsOf(calls.filter(({ what, at }) => what === 'read' && isIn(at))),
    upload: callsOf(calls.filter(({ what, at }) => what === 'upload' && isIn(at))),
    errors: tried.length === 0 ? 0 : Math.round((1_000 * failed) / tried.length) / 10,
  };
}

/** From where on a delivery counts as slow, in ms: three times the slowest twentieth of the steady state, and half a second at least. */
export function slowFrom({ p95 = 0 }: Pick<Latency, 'p95'>): number {
  return Math.max(500, 3 * p95);
}

/**
 * How long after the end of a fault everything was as before, in ms: when the last message that was slow arrived, or the last request
 * failed.
 */
export function recovery(end: number, steady: Measured, sent: readonly Sent[], attempts: readonly Attempt[]): number {
  const slowMs = slowFrom(steady.delivered);
  const late = sent.flatMap(({ due, delivered }) => delivered.filter((at) => at - due > slowMs));
  const failed = attempts.filter((attempt) => attempt.failed).map(({ at }) => at);
  return Math.round(lastAfter(end, [...late, ...failed]));
}

/** How long after `end` the last of some times is, and 0 if all are before. */
export function lastAfter(end: number, times: readonly number[]): number {
  return times.reduce((last, time) => Math.max(last, time - end), 0);
}

/** A second of a drill. */
export interface Second {
  readonly messages: number;
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  /** In percent. */
  readonly errors: number;
}

/** The course of a drill, second by second, by when messages were due. */
export function course([from, to]: Span, seen: Parameters<typeof measure>[1]): Second[] {
  return Array.from({ length: Math.floor((to - from) / 1_000) }, (_, i) => {
    const { messages, delivered, errors } = measure([from + 1_000 * i, from + 1_000 * (i + 1)], seen);
    return { messages, p50: delivered.p50, p95: delivered.p95, errors };
  });
}

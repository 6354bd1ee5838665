import type { Metrics } from './artillery.ts';

/** The counters. Every user reports each of them once as 0, so that a condition on one that never counted can be evaluated. */
const counters = [
  'sent',
  'acked',
  'delivered',
  'lost',
  'doubled',
  'out_of_order',
  'unanswered',
  'requests',
  'failed',
] as const;
export type Counter = (typeof counters)[number];

/** Times in ms. Those of messages count from the time at which the message was due, so a generator or a server that falls behind shows. */
export type Timing =
  | 'ack'
  | 'delivery'
  /** As `delivery`, of a user who was away, or had come back less than two seconds before. */
  | 'catch_up'
  /** From when a message was due until the program handed it to the client: how far the generator itself is behind. */
  | 'generator_delay'
  | 'sign_in'
  | 'connect'
  | 'reconnect'
  | 'validate'
  | 'refresh'
  | 'history'
  | 'sync'
  | 'upload';

export class Counts {
  readonly #metrics: Metrics;

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
    for (const counter of counters) this.count(counter, 0);
  }

  count(counter: Counter, by = 1): void {
    this.#metrics.emit('counter', `storm.${counter}`, by);
  }

  time(timing: Timing, ms: number): void {
    this.#metrics.emit('histogram', `storm.${timing}_ms`, ms);
  }

  /** Counts why something failed, as Artillery counts errors. */
  failure(code: string): void {
    this.count('failed');
    this.#metrics.emit('error', code);
  }
}

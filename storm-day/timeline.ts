import { Histogram } from './histogram.ts';
import type { Second } from './orders.ts';

/** A second of the whole run, as it is kept in the raw data. Times are in ms, from when a message was due. */
export interface Point {
  /** Seconds since the beginning. */
  readonly at: number;
  readonly sent: number;
  readonly acked: number;
  readonly delivered: number;
  readonly ackP50?: number;
  readonly ackP99?: number;
  readonly deliveryP50?: number;
  readonly deliveryP95?: number;
  readonly deliveryP99?: number;
  readonly deliveryMax?: number;
  /** Requests that ended without success. */
  readonly failed: number;
  readonly offline: number;
}

/** What all processes told, second by second. */
export class Timeline {
  readonly #seconds: Second[] = [];

  readonly add = (second: Second): void => {
    this.#seconds.push(second);
  };

  /** The figures between two times, in seconds since 1970: `from` inclusive, `to` exclusive. */
  between(from: number, to: number) {
    const some = this.#seconds.filter(({ at }) => at >= from && at < to);
    const of = (key: 'ack' | 'delivery' | 'delay') =>
      some.reduce((sum, second) => sum.merge(second[key]), new Histogram());
    const sum = (key: 'sent' | 'acked' | 'delivered' | 'asked' | 'failed' | 'cpuMs') =>
      some.reduce((all, second) => all + second[key], 0);
    return {
      seconds: to - from,
      sent: sum('sent'),
      acked: sum('acked'),
      delivered: sum('delivered'),
      asked: sum('asked'),
      failed: sum('failed'),
      /** The most clients that were without a socket at the end of a second. */
      offline: mostIn(some, ({ offline }) => offline),
      ack: of('ack'),
      delivery: of('delivery'),
      delay: of('delay'),
      clientCpuMs: sum('cpuMs'),
      /** Memory of all processes with clients at most, in bytes. */
      clientRss: mostIn(some, ({ rss }) => rss),
    };
  }

  points(from: number): Point[] {
    return [...new Set(this.#seconds.map(({ at }) => at))]
      .toSorted((a, b) => a - b)
      .map((at) => {
        const { sent, acked, delivered, failed, offline, ack, delivery } = this.between(at, at + 1);
        return {
          at: at - from,
          sent,
          acked,
          delivered,
          ...defined({ ackP50: ack.percentile(50), ackP99: ack.percentile(99) }),
          ...defined({
            deliveryP50: delivery.percentile(50),
            deliveryP95: delivery.percentile(95),
            deliveryP99: delivery.percentile(99),
            deliveryMax: delivery.percentile(100),
          }),
          failed,
          offline,
        };
      });
  }
}

/** The most that all processes have together at the end of a second. */
function mostIn(seconds: readonly Second[], measure: (second: Second) => number): number {
  const sums = new Map<number, number>();
  for (const second of seconds) sums.set(second.at, (sums.get(second.at) ?? 0) + measure(second));
  return Math.max(0, ...sums.values());
}

function defined<K extends string>(values: Record<K, number | undefined>): Partial<Record<K, number>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<
    Record<K, number>
  >;
}

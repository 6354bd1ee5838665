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
    const sum = (key: 'sent' | 'acked' | 'delivered' | 'cpuMs') => some.reduce((all, second) => all + second[key], 0);
    return {
      seconds: to - from,
      sent: sum('sent'),
      acked: sum('acked'),
      delivered: sum('delivered'),
      ack: of('ack'),
      delivery: of('delivery'),
      delay: of('delay'),
      clientCpuMs: sum('cpuMs'),
    };
  }

  points(from: number): Point[] {
    const bySecond = Map.groupBy(this.#seconds, ({ at }) => at);
    return [...bySecond]
      .toSorted(([a], [b]) => a - b)
      .map(([at, seconds]) => {
        const { sent, acked, delivered, ack, delivery } = this.between(at, at + 1);
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
          }),
          offline: seconds.reduce((sum, { offline }) => sum + offline, 0),
        };
      });
  }
}

function defined<K extends string>(values: Record<K, number | undefined>): Partial<Record<K, number>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<
    Record<K, number>
  >;
}

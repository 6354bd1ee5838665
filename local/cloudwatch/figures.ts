import { Sketch } from './sketch.ts';

/** What a figure is about. Two metrics are the same if all of these are. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount`, or a percentile such as `p99.9`. */
export type Statistic = string;

const minuteMs = 60_000;
/** How long figures are kept. CloudWatch keeps those of a minute for 15 days. */
export const keptMs = 3 * 60 * minuteMs;
/** So many metrics have figures. Whatever would be one more is left out, so that ids in dimensions don't fill the memory. */
const maxMetrics = 2_000;

interface Series {
  readonly metric: Metric;
  /** The figures of each minute, by its start. */
  readonly minutes: Map<number, Sketch>;
}

/** Keeps the figures of the last three hours in memory, a minute each. Times are in milliseconds since 1970. */
export class Figures {
  readonly now: () => number;
  /** The quotas that metrics of usage count against, by the dimension `Resource`. */
  readonly quotas = new Map<string, number>();
  readonly #series = new Map<string, Series>();

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  /** Adds a value, as `PutMetricData` does. One that is too old is left out. */
  put(metric: Metric, value: number, at = this.now()): void {
    const minute = Math.floor(at / minuteMs) * minuteMs;
    if (!Number.isFinite(value) || minute <= this.now() - keptMs) return;
    const key = keyOf(metric);
    const series = this.#series.get(key) ?? { metric, minutes: new Map() };
    if (!this.#series.has(key) && this.#series.size >= maxMetrics) return;
    this.#series.set(key, series);
    let sketch = series.minutes.get(minute);
    if (!sketch) {
      sketch = new Sketch();
      series.minutes.set(minute, sketch);
      for (const old of series.minutes.keys()) if (old <= this.now() - keptMs) series.minutes.delete(old);
    }
    sketch.add(value);
  }

  /** Returns what has figures, as `ListMetrics` does. */
  get metrics(): Metric[] {
    return [...this.#series.values()].map(({ metric }) => metric);
  }

  /**
   * Returns a statistic for periods of `periodMs` that end at `ends`. It is undefined where there is no value.
   * @throws StackError for a statistic that isn't supported.
   */
  statistics(metric: Metric, statistic: Statistic, periodMs: number, ends: readonly number[]): (number | undefined)[] {
    const { minutes } = this.#series.get(keyOf(metric)) ?? {};
    return ends.map((end) => {
      const merged = new Sketch();
      for (const [start, sketch] of minutes ?? []) if (start >= end - periodMs && start < end) merged.merge(sketch);
      return merged.statistic(statistic);
    });
  }
}

function keyOf({ namespace, name, dimensions }: Metric): string {
  const pairs = Object.keys(dimensions)
    .sort()
    .map((key) => [key, dimensions[key]]);
  return JSON.stringify([namespace, name, pairs]);
}

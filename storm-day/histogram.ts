/** Each bucket is so much wider than the one before, so a percentile is off by 2 % at most. */
const growth = 1.04;

/** Counts of durations by bucket, as they are sent between processes. The number of a bucket says how long those in it took. */
export type Buckets = Readonly<Record<number, number>>;

/** How long many things took. Two of them can be added, which percentiles can't. */
export class Histogram {
  readonly #counts = new Map<number, number>();

  add(ms: number): void {
    const bucket = Math.max(0, Math.ceil(Math.log(Math.max(1, ms)) / Math.log(growth)));
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1);
  }

  merge(buckets: Buckets): this {
    for (const [bucket, count] of Object.entries(buckets))
      this.#counts.set(Number(bucket), (this.#counts.get(Number(bucket)) ?? 0) + count);
    return this;
  }

  get count(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** The duration in ms that `percent` of 100 didn't exceed. Undefined if there are none. */
  percentile(percent: number): number | undefined {
    const rank = Math.max(1, Math.ceil((percent / 100) * this.count));
    let sum = 0;
    for (const [bucket, count] of [...this.#counts].sort(([a], [b]) => a - b)) {
      sum += count;
      if (sum >= rank) return Math.round(growth ** bucket);
    }
    return undefined;
  }

  get buckets(): Buckets {
    return Object.fromEntries(this.#counts);
  }
}

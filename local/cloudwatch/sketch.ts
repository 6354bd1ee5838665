import { StackError } from '../types.ts';

/** Two values that differ by less than this factor count as one for percentiles. */
const factor = 1.01;
const logOfFactor = Math.log(factor);

/**
 * Summarizes values: count, sum, minimum and maximum exactly, and percentiles within 1 %. It counts values by the power of a factor
 * that they are next to, so its size depends on their range and not on their number ("DDSketch", Masson et al., VLDB 2019).
 */
export class Sketch {
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  /** How many values are next to a value. */
  readonly #counts = new Map<number, number>();

  add(value: number): void {
    this.#note(1, value, value, value);
    this.#add(nextTo(value), 1);
  }

  merge(other: Sketch): void {
    this.#note(other.#count, other.#sum, other.#min, other.#max);
    for (const [value, count] of other.#counts) this.#add(value, count);
  }

  /** Returns undefined if there are no values. @throws StackError for a statistic that isn't supported. */
  statistic(name: string): number | undefined {
    const percentile = /^p(\d{1,2}(?:\.\d+)?|100)$/.exec(name)?.[1];
    const [Sum, SampleCount, Minimum, Maximum] = [this.#sum, this.#count, this.#min, this.#max];
    const exact: Readonly<Record<string, number>> = { Sum, SampleCount, Average: Sum / SampleCount, Minimum, Maximum };
    const value = percentile === undefined ? exact[name] : this.#percentile(Number(percentile));
    if (value === undefined) throw new StackError(`The statistic ${name} isn't supported.`);
    return this.#count === 0 ? undefined : value;
  }

  #note(count: number, sum: number, min: number, max: number): void {
    this.#count += count;
    this.#sum += sum;
    this.#min = Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
  }

  #add(value: number, count: number): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + count);
  }

  #percentile(percent: number): number {
    let missing = Math.max(1, Math.ceil((percent / 100) * this.#count));
    for (const [value, count] of [...this.#counts].sort(([a], [b]) => a - b)) {
      missing -= count;
      if (missing <= 0) return Math.min(this.#max, Math.max(this.#min, value));
    }
    return this.#max;
  }
}

/** Values from -1 to 1 are rounded instead, since powers of a factor get dense there. */
function nextTo(value: number): number {
  const size = Math.abs(value);
  if (size <= 1) return Math.round(value * 100) / 100;
  return Math.sign(value) * factor ** Math.round(Math.log(size) / logOfFactor);
}

import { setTimeout as sleep } from 'node:timers/promises';

/** An entry that waits to be part of a function's event. */
interface Entry {
  readonly record: unknown;
}

/** The limit of Lambda for an event ("Lambda quotas"). */
const maxBatchBytes = 6 * 1024 * 1024;

/** Collects entries into batches, and handles one batch after the other, in order. */
export class OrderedBatches<E extends Entry> {
  readonly #batchSize: number;
  readonly #windowMs: number;
  readonly #handle: (batch: E[]) => Promise<void>;
  readonly #waiting: E[] = [];
  #filled = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;

  /**
   * Calls `handle` with a batch when it is full, or `windowMs` after it began to wait for more entries. If `handle` rejects, no
   * further batch is handled.
   */
  constructor(batchSize: number, windowMs: number, handle: (batch: E[]) => Promise<void>) {
    this.#batchSize = batchSize;
    this.#windowMs = windowMs;
    this.#handle = handle;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Resolves when all entries that wait now are handled. */
  get idle(): Promise<void> {
    return this.#running ?? Promise.resolve();
  }

  add(entry: E): void {
    this.#waiting.push(entry);
    if (this.#waiting.length >= this.#batchSize) this.#filled.resolve();
    this.#running ??= this.#run().catch(() => {});
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      if (this.#waiting.length < this.#batchSize) {
        this.#filled = Promise.withResolvers();
        await Promise.race([this.#filled.promise, sleep(this.#windowMs, undefined, { ref: false })]);
      }
      await this.#handle(this.#takeBatch());
    }
    // At once, not when the promise has settled: an entry that is added in between would wait for the next one.
    this.#running = undefined;
  }

  #takeBatch(): E[] {
    let bytes = 0;
    const tooMany = this.#waiting.findIndex(({ record }, index) => {
      bytes += JSON.stringify(record).length;
      return index > 0 && (index === this.#batchSize || bytes > maxBatchBytes);
    });
    return this.#waiting.splice(0, tooMany < 0 ? this.#batchSize : tooMany);
  }
}

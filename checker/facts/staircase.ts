/** The highest number that was known at each line. Lines must come in ascending order. */
export class Staircase {
  readonly #lines: number[] = [];
  readonly #values: number[] = [];

  raise(line: number, value: number): void {
    if (value <= (this.#values.at(-1) ?? -1)) return;
    this.#lines.push(line);
    this.#values.push(value);
  }

  /** The highest number that was known before a line, and the line from which it is known. */
  before(line: number): { readonly value: number; readonly line: number } | undefined {
    let [low, high] = [0, this.#lines.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#lines[middle] ?? 0) < line) low = middle + 1;
      else high = middle;
    }
    const [value, from] = [this.#values[low - 1], this.#lines[low - 1]];
    return value === undefined || from === undefined ? undefined : { value, line: from };
  }
}

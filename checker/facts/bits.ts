/** A set of whole numbers, with one bit for each up to the highest. */
export class Bits {
  #words = new Uint32Array(4);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(number: number): boolean {
    return (((this.#words[number >>> 5] ?? 0) >>> (number & 31)) & 1) === 1;
  }

  /** Returns false if the number was there already. */
  add(number: number): boolean {
    if (this.has(number)) return false;
    this.#size += 1;
    const index = number >>> 5;
    if (index >= this.#words.length) {
      const words = new Uint32Array(Math.max(index + 1, this.#words.length * 2));
      words.set(this.#words);
      this.#words = words;
    }
    this.#words[index] = (this.#words[index] ?? 0) | (1 << (number & 31));
    return true;
  }
}

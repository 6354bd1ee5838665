import { hash } from 'node:crypto';

/** Returns a number from 0 to below 1, the next one of a sequence. */
export type Random = () => number;

/** The sequence of random numbers that follows from a seed. It is that of SplitMix32, which is even enough for faults. */
export function randomFrom(seed: string): Random {
  let state = Number.parseInt(hash('sha256', seed).slice(0, 8), 16);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** Returns the entries in another order. */
export function shuffled<T>(entries: readonly T[], random: Random): T[] {
  return entries
    .map((entry) => ({ entry, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ entry }) => entry);
}

import { glob } from '../glob.ts';
import { Fault, type FaultInput, type FaultOf, type Immediate, type Kind } from './fault.ts';
import { type Random, randomFrom } from './random.ts';

/** A fault that something meets, with the random numbers of its row. */
export type Met<K extends Kind> = FaultOf<K> & { readonly random: Random };

interface Row {
  readonly fault: Fault;
  readonly random: Random;
  readonly matches: (target: string, operation: string) => boolean;
  /** How many events could have met it, and how many did. */
  events: number;
  met: number;
}

/** Does what a fault does that happens at once, to each of its targets for which `meets` returns true. */
type React<F extends Fault = Fault> = (fault: F, meets: () => boolean) => void;

/** More rows than any drill needs. */
const mostRows = 1_000;

/**
 * The faults that the stack injects, all of them, in one table. Each row draws from random numbers of its own, which follow from the
 * seed and the place of the row, so whether the n-th event that a row concerns meets it is the same in every run with the same seed
 * and rows. Which event is the n-th is up to those who cause them.
 */
export class FaultTable {
  readonly #now: () => number;
  readonly #rows: Row[] = [];
  readonly #reactions = new Set<{ kind: Immediate; target: string; react: React }>();
  #seed = 0;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  get seed(): number {
    return this.#seed;
  }

  /** The rows as others see them. */
  get rows() {
    return this.#rows.map(({ fault, events, met }) => ({ fault, events, met }));
  }

  /** Removes all rows. Those that are added from now on draw from `seed`. */
  clear(seed = 0): void {
    this.#rows.length = 0;
    this.#seed = seed;
  }

  /** Adds rows, or none of them if one is malformed. @throws ZodError for a malformed one, RangeError for too many. */
  add(...given: readonly FaultInput[]): void {
    const faults = given.map((each) => Fault.parse(each));
    if (this.#rows.length + faults.length > mostRows) throw new RangeError(`The table has at most ${mostRows} rows.`);
    for (const fault of faults) {
      const random = randomFrom(`${this.#seed}/${this.#rows.length}`);
      const target = glob(fault.target);
      const operations = glob('operation' in fault ? fault.operation : '*');
      const matches = (name: string, operation: string) => target(name) && operations(operation);
      const row: Row = { fault, random, matches, events: 0, met: 0 };
      this.#rows.push(row);
      for (const { kind, target: name, react } of this.#reactions)
        if (kind === fault.kind && matches(name, '')) react(fault, () => meets(row));
    }
  }

  /** The fault of this kind that an event meets: the first row that concerns it and whose random number says so. */
  meet<K extends Exclude<Kind, Immediate>>(kind: K, target: string, operation = ''): Met<K> | undefined {
    for (const row of this.#rows) {
      const { fault, random, matches } = row;
      if (!isOf(fault, kind) || !matches(target, operation)) continue;
      if (row.fault.until !== undefined && row.fault.until <= this.#now()) continue;
      if (meets(row)) return { ...fault, random };
    }
    return undefined;
  }

  /** Registers what a fault does that happens when its row is added. Returns what takes it back. */
  whenAdded<K extends Immediate>(kind: K, target: string, react: React<FaultOf<K>>): () => void {
    const reaction = {
      kind,
      target,
      react(fault: Fault, meets: () => boolean) {
        if (isOf(fault, kind)) react(fault, meets);
      },
    };
    this.#reactions.add(reaction);
    return () => void this.#reactions.delete(reaction);
  }
}

/** Counts an event, and tells whether it meets the row. */
function meets(row: Row): boolean {
  row.events += 1;
  const does = row.random() < row.fault.rate;
  if (does) row.met += 1;
  return does;
}

function isOf<K extends Kind>(fault: Fault, kind: K): fault is FaultOf<K> {
  return fault.kind === kind;
}

import type { Runtime } from '#core/runtime.ts';
import type { Change } from './change.ts';

/** Reads changes consistently: what was written before the call is seen. */
export interface ChangeReader {
  /** The changes from `first` to `last`, both included, in ascending `seq`. Missing ones are left out. */
  range(conversationId: string, first: number, last: number): Promise<Change[]>;
  /** Stores a void at a `seq` if nothing is there. Returns what is there afterwards. */
  seal(conversationId: string, seq: number): Promise<Change>;
}

/** A reader that can wait for a message that isn't stored yet. */
export interface PatientReader extends ChangeReader, Pick<Runtime, 'sleep'> {}

/**
 * The waits, in ms, before a missing message is read again. Together they are much longer than a write takes. After them it is
 * sealed.
 */
export type Patience = readonly number[];
export const patience: Patience = [20, 40, 80, 160];

/**
 * All changes from `first` to `last`, which must not be above the head's `seq`, without gaps. A missing change is a message that
 * isn't stored yet, or whose function failed. It is waited for and then sealed, so that nothing can be stored behind a reader's
 * cursor.
 */
export async function readAll(
  reader: PatientReader,
  conversationId: string,
  first: number,
  last: number,
  waits: Patience = patience,
): Promise<Change[]> {
  const found = new Map<number, Change>();
  let missing = first;
  const look = async () => {
    for (const change of await reader.range(conversationId, missing, last)) found.set(change.seq, change);
    while (found.has(missing)) missing++;
  };
  await look();
  for (const wait of waits) {
    if (missing > last) break;
    await reader.sleep(wait);
    await look();
  }
  const changes: Change[] = [];
  // They are sealed in ascending order, because the `n` of a void depends on the change before it.
  for (let seq = first; seq <= last; seq++) {
    changes.push(found.get(seq) ?? (await reader.seal(conversationId, seq)));
  }
  return changes;
}

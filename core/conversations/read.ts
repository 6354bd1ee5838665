import type { Runtime } from '#core/runtime.ts';
import type { Change } from './change.ts';

/** Reading is consistent: what was written before the call is seen. */
export interface ChangeReader {
  /** The changes from `first` to `last`, both included, that are there, in ascending `seq`. */
  range(conversationId: string, first: number, last: number): Promise<Change[]>;
  /** Makes a number that was given out and not used void; answers with what then stands there. */
  seal(conversationId: string, seq: number): Promise<Change>;
}

/** A reader that can wait for a message on its way. */
export interface PatientReader extends ChangeReader, Pick<Runtime, 'sleep'> {}

/** Waits before a missing message is looked for again, in ms: together well above the time of a write, then it is sealed. */
export type Patience = readonly number[];
export const patience: Patience = [20, 40, 80, 160];

/**
 * All changes from `first` to `last` (not above the head's `seq`) without a hole. A hole is a message on its way, or one
 * whose sender died: it gets a moment, then it is sealed, so that nothing can appear behind a reader's cursor.
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
  // In ascending order: the n of a void follows from what stands before it.
  for (let seq = first; seq <= last; seq++) {
    changes.push(found.get(seq) ?? (await reader.seal(conversationId, seq)));
  }
  return changes;
}

import { parse, stringify } from 'uuid';
import type { Position } from './scan.ts';

/** Where a page of hits ended. */
export interface Cursor {
  /** Conversations with lower ids haven't been looked at. */
  readonly below: string;
  /** Of conversations that have been, those that aren't done. */
  readonly positions: ReadonlyMap<string, Position>;
}

const idBytes = 16;
/** Of a number: enough for a `seq` and for a time. */
const numberBytes = 6;
const entryBytes = idBytes + 2 * numberBytes;

export function encodeCursor({ below, positions }: Cursor): string {
  const entries = [...positions].map(([id, { before, newest }]) => {
    const numbers = Buffer.alloc(2 * numberBytes);
    numbers.writeUIntBE(before, 0, numberBytes);
    numbers.writeUIntBE(newest, numberBytes, numberBytes);
    return Buffer.concat([parse(id), numbers]);
  });
  return Buffer.concat([parse(below), ...entries]).toString('base64url');
}

/**
 * Nothing where it can't be one of ours. It isn't signed: it can move the caller about only in what they may see, since that is
 * looked up at every page.
 */
export function decodeCursor(cursor: string): Cursor | undefined {
  const data = Buffer.from(cursor, 'base64url');
  if (data.length < idBytes || (data.length - idBytes) % entryBytes !== 0) return undefined;
  try {
    const positions = new Map<string, Position>();
    for (let at = idBytes; at < data.length; at += entryBytes) {
      const before = data.readUIntBE(at + idBytes, numberBytes);
      const newest = data.readUIntBE(at + idBytes + numberBytes, numberBytes);
      positions.set(stringify(data, at), { before, newest });
    }
    return { below: stringify(data), positions };
  } catch {
    return undefined;
  }
}

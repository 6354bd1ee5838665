import { parse, stringify } from 'uuid';
import type { Position } from './scan.ts';

/** The position after a page of hits. */
export interface Cursor {
  /** The conversations with ids below this were not searched yet. */
  readonly below: string;
  /** The positions in those conversations whose search isn't finished, by their id. */
  readonly positions: ReadonlyMap<string, Position>;
}

const idBytes = 16;
/** The bytes of a number. They are enough for a `seq` and for a time in ms. */
const numberBytes = 6;
const entryBytes = idBytes + 2 * numberBytes;

/** A cursor as an opaque text in base64url. */
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
 * Decodes a cursor, or returns undefined if the text isn't one. It isn't signed, because a forged cursor does no harm: what the
 * caller may see is checked for each page.
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

import type { Change } from '#core/conversations/change.ts';

/** How many changes are read at once in the search for an id. */
export const pageSize = 200;

/** How far the clock of a client may be ahead: a message may be stored so long before the time in its id. */
const aheadMs = 24 * 3600 * 1000;

/** The time in a UUIDv7, in ms since 1970 (RFC 9562, section 5.7). A UUID of another version has none. */
function madeAt(id: string): number | undefined {
  return id[14] === '7' ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : undefined;
}

/**
 * Yields the changes up to `from`, a page at a time, backwards to a day before the id of a message was made. A message can't be stored
 * earlier, whatever its client says it knew: one that sends `after` as of the repetition would else have it stored a second time. An
 * id without a time is looked for no further.
 */
export async function* lookBack(
  clientId: string,
  from: number,
  read: (first: number, last: number) => Promise<readonly Change[]>,
): AsyncGenerator<readonly Change[]> {
  const made = madeAt(clientId);
  if (made === undefined) return;
  for (let last = from; last > 0; last -= pageSize) {
    const changes = await read(Math.max(1, last - pageSize + 1), last);
    yield changes;
    if (changes.some((change) => change.type === 'message' && change.sentAt < made - aheadMs)) return;
  }
}

import { messagesFor } from '#core/messages/message-view.ts';
import { type Listed, loadListed, type SummaryStore } from '#core/sync/summary.ts';
import { fail, type Result } from '#protocol/failures.ts';
import { limits } from '#protocol/limits.ts';
import type { Hit, Hits, SearchQuery } from '#protocol/search.ts';
import { type Cursor, decodeCursor, encodeCursor } from './cursor.ts';
import { createScan, type Found, type Scan } from './scan.ts';
import type { SearchStore } from './store.ts';
import { wordsOf } from './tokens.ts';

/** The characters of text and index that one request searches. After them, the page ends, even if it is short or empty. */
const charactersAtOnce = 8_000_000;
/** How many conversations are searched together. The cursor has a position for each of them. */
const conversationsAtOnce = 100;
/** How many conversations are read at the same time. */
const readAtOnce = 8;
/** How much the times of two messages may be wrong, in ms: clocks differ, and a message gets its time after its number. */
const clockSkewMs = 1_000;

/**
 * One page of the messages in some conversations of a user that have all words, newest first. If there are more than
 * `conversationsAtOnce` conversations, those that were created last are searched first, and the hits are only sorted within each
 * such group. Errors: `bad_request` if the cursor isn't one.
 */
export async function search(
  store: SearchStore & Pick<SummaryStore, 'loadAll'>,
  userId: string,
  places: readonly Listed[],
  { q, cursor: text }: Pick<SearchQuery, 'q' | 'cursor'>,
): Promise<Result<Hits>> {
  const cursor = text === undefined ? undefined : decodeCursor(text);
  if (text !== undefined && !cursor) return fail('bad_request', 'The cursor is not one that was given out.');
  const words = wordsOf(q);
  if (words.length === 0) return { ok: { hits: [], nextCursor: null } };

  const { batch, below, more } = batchOf(places, cursor);
  const scans = (await loadListed(store, userId, batch)).map(({ conversation, me }) => {
    const start = { before: conversation.seq + 1, newest: conversation.lastActivityAt };
    return createScan(store, { conversation, me }, words, cursor?.positions.get(conversation.id) ?? start);
  });
  const page = await readPage(scans);
  const open = scans.filter(({ done }) => !done);
  const positions = new Map(open.map((scan) => [scan.conversationId, scan.position()]));
  return {
    ok: {
      hits: (await Promise.all(page.map((found) => hitsFor(store, userId, found)))).flat(),
      nextCursor: below !== undefined && (open.length > 0 || more) ? encodeCursor({ below, positions }) : null,
    },
  };
}

async function hitsFor(store: SearchStore, userId: string, { message, highlights }: Found): Promise<Hit[]> {
  const { conversationId } = message;
  const views = await messagesFor(store, userId, [message]);
  return views.map((view) => ({ conversationId, message: view, highlights }));
}

/** The conversations to search now. They are ordered by id, since that order doesn't change between pages. */
function batchOf(places: readonly Listed[], cursor: Cursor | undefined) {
  const open = places.filter(({ id }) => cursor?.positions.has(id));
  const waiting = places.filter(({ id }) => !cursor || id < cursor.below).toSorted((a, b) => (a.id < b.id ? 1 : -1));
  if (cursor && open.length > 0) return { batch: open, below: cursor.below, more: waiting.length > 0 };
  const batch = waiting.slice(0, conversationsAtOnce);
  return { batch, below: batch.at(-1)?.id, more: waiting.length > batch.length };
}

/** Takes the newest hits of all scans. A hit is taken once no other scan can find a newer one. */
async function readPage(scans: readonly Scan[]): Promise<Found[]> {
  const page: Found[] = [];
  for (let left = charactersAtOnce; page.length < limits.searchHits; ) {
    const open = scans.filter(({ done }) => !done).sort((a, b) => mayHave(b) - mayHave(a));
    const [leader] = open;
    if (!leader) break;
    const hit = leader.take();
    if (hit) {
      page.push(hit);
      continue;
    }
    if (left <= 0) break;
    // The scans before the one with the newest hit may still find a newer one.
    const hits = open.findIndex(({ found }) => found.length > 0);
    const unsure = open.slice(0, hits < 0 ? readAtOnce : Math.min(hits, readAtOnce));
    const read = await Promise.all(unsure.map((scan) => scan.advance()));
    left -= read.reduce((sum, characters) => sum + characters, 0);
  }
  return page;
}

/** The latest time that the next hit of a scan may have. */
function mayHave(scan: Scan): number {
  const [next] = scan.found;
  return next ? next.message.sentAt : scan.position().newest + clockSkewMs;
}

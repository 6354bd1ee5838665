import type { OwnConversation } from '#core/access.ts';
import { messagesFor } from '#core/messages/message-view.ts';
import { fail, type Result } from '#protocol/failures.ts';
import { limits } from '#protocol/limits.ts';
import type { Hit, Hits, SearchQuery } from '#protocol/search.ts';
import { type Cursor, decodeCursor, encodeCursor } from './cursor.ts';
import { createScan, type Found, type Scan } from './scan.ts';
import type { SearchStore } from './store.ts';
import { wordsOf } from './tokens.ts';

/** Characters of text and index that one request searches, of which a page may come out short or empty. */
const charactersAtOnce = 8_000_000;
/** Conversations that are searched side by side; the cursor has a place for each. */
const conversationsAtOnce = 100;
/** Conversations that are read at the same moment. */
const readAtOnce = 8;
/** How far two clocks, and the parts of sending a message, may be apart, in ms. */
const clockSkewMs = 1_000;

/**
 * One page of the messages in someone's `own` conversations that have all the words, newest first. Of more than `conversationsAtOnce` conversations those made last come first, as many as that together. `bad_request` for a cursor that is none.
 */
export async function search(
  store: SearchStore,
  userId: string,
  own: readonly OwnConversation[],
  { q, cursor: text }: Pick<SearchQuery, 'q' | 'cursor'>,
): Promise<Result<Hits>> {
  const cursor = text === undefined ? undefined : decodeCursor(text);
  if (text !== undefined && !cursor) return fail('bad_request', 'The cursor is not one that was given out.');
  const words = wordsOf(q);
  if (words.length === 0) return { ok: { hits: [], nextCursor: null } };

  const { batch, below, more } = batchOf(own, cursor);
  const scans = batch.map(({ conversation, me }) => {
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

/** The conversations to search now; their order by id doesn't change while somebody pages through the hits. */
function batchOf(own: readonly OwnConversation[], cursor: Cursor | undefined) {
  const open = own.filter(({ conversation }) => cursor?.positions.has(conversation.id));
  const waiting = own
    .filter(({ conversation }) => !cursor || conversation.id < cursor.below)
    .toSorted((a, b) => (a.conversation.id < b.conversation.id ? 1 : -1));
  if (cursor && open.length > 0) return { batch: open, below: cursor.below, more: waiting.length > 0 };
  const batch = waiting.slice(0, conversationsAtOnce);
  return { batch, below: batch.at(-1)?.conversation.id, more: waiting.length > batch.length };
}

/** Takes the newest of what all have found, once nothing newer can come from any. */
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
    // Those before the best hit: each may have a newer one.
    const hits = open.findIndex(({ found }) => found.length > 0);
    const unsure = open.slice(0, hits < 0 ? readAtOnce : Math.min(hits, readAtOnce));
    const read = await Promise.all(unsure.map((scan) => scan.advance()));
    left -= read.reduce((sum, characters) => sum + characters, 0);
  }
  return page;
}

/** The latest time that the next hit may have. */
function mayHave(scan: Scan): number {
  const [next] = scan.found;
  return next ? next.message.sentAt : scan.position().newest + clockSkewMs;
}

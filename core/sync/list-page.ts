import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { fail, type Result } from '#protocol/failures.ts';
import { type Activity, byActivity } from './conversation-view.ts';

/**
 * Where a page ended. The list goes on with the conversations after `at` and `id`. What moves to its front meanwhile would be missed,
 * so it ends with those that were active after `since` and whose activity isn't in `seen`: those that have moved since the first
 * page, ordered by id. `moved` says that the page ended among these.
 */
const Position = z.object({
  at: z.number(),
  id: z.string(),
  since: z.number(),
  seen: z.string(),
  moved: z.optional(z.literal(true)),
});
type Position = z.infer<typeof Position>;
type Start = Pick<Position, 'since' | 'seen'>;

/**
 * A message takes its time before it is stored, from the clock of its function. So one that is stored after the first page was read
 * may be older than the newest that the page has, by as much as a function may try.
 */
const lateMs = 10_000;

/** How many activities a cursor has seen at most. It is a part of a URL. */
const seenAtMost = 40;
const markLength = 4;

interface Page<T> {
  readonly page: readonly T[];
  readonly nextCursor: string | null;
}

/**
 * One page of a user's conversations, which are given by the latest activity. Whoever reads all pages gets each conversation that was
 * there all the time, and those that moved meanwhile perhaps twice. Errors: `bad_request` if the cursor isn't one.
 */
export function listPage<T extends Activity>(
  own: readonly T[],
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Result<Page<T>> {
  const position = cursor === undefined ? undefined : parse(cursor);
  if (cursor !== undefined && !position) return fail('bad_request', 'The cursor is not one that was given out.');
  const start = position ?? startOf(own);
  const entries = [
    ...after(own, position).map((one) => ({ one, moved: false })),
    ...movedSince(own, position).map((one) => ({ one, moved: true })),
  ];
  const page = entries.slice(0, limit);
  const last = entries.length > page.length ? page.at(-1) : undefined;
  return {
    ok: {
      page: page.map(({ one }) => one),
      nextCursor: last ? cursorAt(last.one, start, last.moved) : null,
    },
  };
}

function after<T extends Activity>(own: readonly T[], position: Position | undefined): readonly T[] {
  if (!position) return own;
  const last = { lastActivityAt: position.at, id: position.id };
  return position.moved ? [] : own.filter((one) => byActivity(last, one) < 0);
}

/** The conversations that have moved since the first page, without those that were listed because of that. */
function movedSince<T extends Activity>(own: readonly T[], position: Position | undefined): T[] {
  if (!position) return [];
  const seen = new Set(position.seen.match(/.{4}/g));
  return own
    .filter((one) => one.lastActivityAt > position.since && !seen.has(markOf(one)))
    .filter(({ id }) => !position.moved || id > position.id)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

function startOf(own: readonly Activity[]): Start {
  const newest = own[0]?.lastActivityAt ?? 0;
  const since = Math.max(newest - lateMs, own[seenAtMost]?.lastActivityAt ?? -Infinity);
  const recent = own.filter(({ lastActivityAt }) => lastActivityAt > since);
  return { since, seen: recent.map(markOf).join('') };
}

/** A short hash of a conversation's activity. */
function markOf({ id, lastActivityAt }: Activity): string {
  return createHash('sha256').update(`${id} ${lastActivityAt}`).digest('base64url').slice(0, markLength);
}

function cursorAt({ lastActivityAt: at, id }: Activity, { since, seen }: Start, moved: boolean): string {
  const position: Position = { at, id, since, seen, ...(moved && { moved }) };
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

function parse(cursor: string): Position | undefined {
  try {
    return Position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    return undefined;
  }
}

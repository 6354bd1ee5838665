import type { Journal } from '#core/journal.ts';
import { fail, type Result } from '#protocol/failures.ts';
import { limits } from '#protocol/limits.ts';

export interface BlockStore {
  /** Stores that a user may have blocked others. It comes before their first block. */
  noteBlocks(userId: string): Promise<void>;
  /** The ids among `userIds` that belong to users. */
  usersAmong(userIds: readonly string[]): Promise<string[]>;
  /** The users whom `by` has blocked. */
  blockedBy(by: string): Promise<readonly string[]>;
  block(by: string, userId: string): Promise<void>;
  readonly journal: Journal;
  /** Ends the subscriptions of `subscriberId` to the presence of `userId`. */
  unsubscribeFrom(userId: string, subscriberId: string): Promise<void>;
}

/**
 * Blocks the user `userId` for the user `by`. Repeating it changes nothing. Errors: `bad_request` (they are the same user),
 * `not_found`, `conflict` (too many are blocked), `unauthorized` (the account of `by` is erased).
 */
export async function block(store: BlockStore, by: string, userId: string): Promise<Result<object>> {
  if (userId === by) return fail('bad_request', "You can't block yourself.");
  const users = await store.usersAmong([by, userId]);
  if (!users.includes(by)) return fail('unauthorized');
  if (!users.includes(userId)) return fail('not_found');
  const others = (await store.blockedBy(by)).filter((blocked) => blocked !== userId);
  if (others.length >= limits.blockedUsers)
    return fail('conflict', `You can block at most ${limits.blockedUsers} people.`);
  await store.journal({ type: 'blocked', by, userId });
  await store.noteBlocks(by);
  await store.block(by, userId);
  await Promise.all([store.unsubscribeFrom(by, userId), store.unsubscribeFrom(userId, by)]);
  return { ok: {} };
}

/** A user, and whether they may have blocked others. Most never have, and it costs nothing to know that. */
interface MayBlock {
  readonly userId: string;
  readonly mayBlock: boolean;
}

/**
 * Finds the blocks among some people, with one query for each of them who may have blocked somebody. Returns whether one of two
 * people has blocked the other.
 */
export async function blocksAmong(
  { blockedBy }: Pick<BlockStore, 'blockedBy'>,
  people: readonly MayBlock[],
): Promise<(one: string, other: string) => boolean> {
  const blockers = people.filter(({ mayBlock }) => mayBlock);
  const lists = await Promise.all(
    blockers.map(async ({ userId }) => [userId, new Set(await blockedBy(userId))] as const),
  );
  const blocked = new Map(lists);
  return (one, other) => blocked.get(one)?.has(other) === true || blocked.get(other)?.has(one) === true;
}

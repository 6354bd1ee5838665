import { fail, type Result } from '#protocol/failures.ts';
import { limits } from '#protocol/limits.ts';

export interface BlockStore {
  /** The ids among `userIds` that belong to users. */
  usersAmong(userIds: readonly string[]): Promise<string[]>;
  /** The users whom `by` has blocked. */
  blockedBy(by: string): Promise<string[]>;
  block(by: string, userId: string): Promise<void>;
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
  await store.block(by, userId);
  await store.unsubscribeFrom(by, userId);
  return { ok: {} };
}

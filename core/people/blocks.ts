import { fail, type Result } from '#protocol/failures.ts';
import { limits } from '#protocol/limits.ts';

export interface BlockStore {
  /** Those of some ids that are users. */
  usersAmong(userIds: readonly string[]): Promise<string[]>;
  /** Those whom someone has blocked. */
  blockedBy(by: string): Promise<string[]>;
  block(by: string, userId: string): Promise<void>;
  /** Ends what the one asked to be told of the other's presence. */
  unsubscribeFrom(userId: string, subscriberId: string): Promise<void>;
}

/**
 * Blocks a person, again where they are already. Errors: `bad_request` (oneself), `not_found`, `conflict` (too many),
 * `unauthorized` for someone who has erased their account.
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

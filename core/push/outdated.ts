import type { UserState } from '#core/delivery/ports.ts';
import { isSubscribed } from '#core/delivery/subscribed.ts';
import type { TakeBackJob } from './ports.ts';

/** What a user no longer needs to be told of a conversation: all that they have read, and what was deleted. */
export interface Outdated {
  readonly userId: string;
  readonly readSeq: number;
  readonly deleted: readonly number[];
}

export interface PushedReader {
  /** The `seq`s of a conversation that devices of some users show, by user. */
  pushedTo(userIds: readonly string[], conversationId: string): Promise<ReadonlyMap<string, readonly number[]>>;
}

/**
 * Finds the notifications that have to be taken back, because the users have read the messages or these were deleted. It reads
 * nothing of those who have no subscriptions.
 */
export async function findTakeBacks(
  reader: PushedReader,
  conversationId: string,
  outdated: readonly Outdated[],
  states: readonly Pick<UserState, 'userId' | 'pushUntil'>[],
  now: number,
): Promise<TakeBackJob[]> {
  const subscribed = new Set(states.filter((state) => isSubscribed(state, now)).map(({ userId }) => userId));
  const candidates = outdated.filter(({ userId }) => subscribed.has(userId));
  if (candidates.length === 0) return [];
  const pushed = await reader.pushedTo(
    candidates.map(({ userId }) => userId),
    conversationId,
  );
  return candidates
    .filter(({ userId, readSeq, deleted }) =>
      pushed.get(userId)?.some((seq) => seq <= readSeq || deleted.includes(seq)),
    )
    .map(({ userId }) => ({ userId, conversationId, takeBack: true }));
}

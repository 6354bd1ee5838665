import { ownOf } from '#core/access.ts';
import { chunk } from '#core/chunk.ts';
import { unreadOf } from '#core/messages/unread.ts';
import type { Membership } from '#core/sync/conversation-view.ts';
import {
  maySummarize,
  type Openings,
  openingsOf,
  overview,
  restingAmong,
  type Summarizing,
  type SummaryStore,
  summarizeAll,
} from '#core/sync/summary.ts';
import { limits } from '#protocol/limits.ts';

export interface BadgeStore extends SummaryStore {
  /** The user's memberships in some conversations, eventually consistent. */
  membershipsIn(userId: string, conversationIds: readonly string[]): Promise<Membership[]>;
}

/** How many conversations are looked at together. */
const lookedAtOnce = 10;

/**
 * The number of unread messages in all conversations of a user that aren't muted, up to `limits.badge`. `unread` is that of
 * `conversationId`, which was just read. Replicas are good enough for the others: a badge is older than that when it is shown.
 */
export async function badgeOf(
  store: BadgeStore,
  userId: string,
  conversationId: string,
  unread: number,
): Promise<number> {
  const known = await openingsOf(store, userId, { consistent: false });
  const openings = new Map([...known.openings].filter(([id]) => id !== conversationId));
  const count =
    known.completeSince !== undefined
      ? await countOpened(store, userId, { ...known, openings }, unread)
      : unread + (await countAll(store, userId, conversationId));
  return Math.min(count, limits.badge);
}

/** Counts by the openings: there is one for each conversation with unread messages. */
async function countOpened(store: BadgeStore, userId: string, known: Openings, unread: number): Promise<number> {
  const { openings } = known;
  let count = [...openings.values()].reduce((sum, opening) => sum + (opening.unread ?? 0), unread);
  const changed = [...openings.values()].flatMap((opening) =>
    opening.unread === undefined ? opening.conversationId : [],
  );
  const looked: Summarizing[] = [];
  for (const ids of chunk(changed, lookedAtOnce)) {
    if (count >= limits.badge) break;
    const [conversations, memberships] = await Promise.all([
      store.loadAll(ids, userId, { consistent: false }),
      store.membershipsIn(userId, ids),
    ]);
    for (const { conversationId: id, muted, summary: before } of memberships) {
      const own = ownOf(
        conversations.find((one) => one.id === id),
        userId,
      );
      if (!own) continue;
      looked.push({ ...own, muted, before, opening: openings.get(id) });
      if (!muted) count += await unreadOf(store, own);
    }
  }
  const now = store.now();
  if (maySummarize(known, now)) await Promise.allSettled([summarizeAll(store, userId, restingAmong(looked, now))]);
  return count;
}

/** Counts by all memberships, for a user whose old memberships have no openings yet. */
async function countAll(store: BadgeStore, userId: string, except: string): Promise<number> {
  const { conversations, summarize } = await overview(store, userId);
  let count = 0;
  for (const { id, muted, summary, own } of conversations)
    if (id !== except && !muted) count += summary?.unread ?? (own ? await unreadOf(store, own) : 0);
  await summarize();
  return count;
}

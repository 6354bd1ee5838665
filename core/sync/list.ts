import type * as z from 'zod/mini';
import type { Conversations, ListQuery } from '#protocol/conversations.ts';
import type { Result } from '#protocol/failures.ts';
import { conversationView } from './conversation-view.ts';
import { listPage } from './list-page.ts';
import { loadListed, overview } from './summary.ts';
import type { SyncStore } from './sync.ts';

/** One page of a user's conversations, by the latest activity. Errors: those of `listPage`. */
export async function listConversations(
  store: SyncStore,
  userId: string,
  query: z.infer<typeof ListQuery>,
): Promise<Result<Conversations>> {
  const { conversations: all, summarize } = await overview(store, userId);
  const list = listPage(all, query);
  if ('error' in list) return list;
  const { page, nextCursor } = list.ok;
  const [own] = await Promise.all([loadListed(store, userId, page), summarize()]);
  const conversations = await Promise.all(own.map((one) => conversationView(store, one, one.muted)));
  return { ok: { conversations, nextCursor } };
}

import { loadOwn } from '#core/access.ts';
import { search } from '#core/search/search.ts';
import { type Listed, overview } from '#core/sync/summary.ts';
import { authenticated, httpHandler } from '#lambdas/kit/http.ts';
import { count } from '#lambdas/kit/invocation.ts';
import type { Result } from '#protocol/failures.ts';
import { SearchQuery } from '#protocol/search.ts';
import { allow, store } from './dependencies.ts';

/** The conversations to search: one of the caller's, or all of them. Errors: `not_found`, `forbidden`. */
async function placesOf(userId: string, conversationId: string | undefined): Promise<Result<readonly Listed[]>> {
  if (conversationId === undefined) return { ok: (await overview(store, userId)).conversations };
  const own = await loadOwn(store, userId, conversationId);
  if ('error' in own) return own;
  const { id, lastActivityAt } = own.ok.conversation;
  return { ok: [{ id, lastActivityAt, muted: false, own: own.ok }] };
}

export const handler = httpHandler({
  'GET /search': authenticated({ query: SearchQuery }, async ({ userId }, { query }) => {
    const allowed = await allow(userId, { searches: 1 });
    if ('error' in allowed) return allowed;
    const places = await placesOf(userId, query.conversationId);
    if ('error' in places) return places;
    const hits = await search(store, userId, places.ok, query);
    if ('error' in hits) return hits;
    count('Searches');
    return { ok: { body: hits.ok } };
  }),
});

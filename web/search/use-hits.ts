import { useEffect, useRef, useState } from 'preact/hooks';
import type { Failure } from '#client/index.ts';
import { failureMessage } from '#web/app/failure-messages.ts';
import type { Session } from '#web/session/session.ts';
import { words as texts } from '#web/words/search.ts';
import type { Found } from './searching.ts';

/** The search waits for a pause in typing, so that it doesn't ask the server for every letter. */
const debounceMs = 250;

/**
 * Searches as the person types.
 * @param conversationId restricts the search to one conversation
 * @param before the hits of an earlier search, with which it begins
 * @returns the hits so far, `more` to fetch the next page if there is one, and a status for the person
 */
export function useHits({ chat }: Session, query: string, conversationId: string | undefined, before?: Found) {
  const [found, setFound] = useState<Found>(before ?? { query: '', hits: [], cursor: null });
  const [failure, setFailure] = useState<Failure>();
  const words = query.trim();
  // Answers to an earlier search may come after those to a later one. They are ignored.
  const latest = useRef('');
  const search = `${conversationId} ${words}`;
  latest.current = search;
  const first = useRef(before && search);

  async function fetchPage({ hits, cursor }: Omit<Found, 'query'>): Promise<void> {
    const page = await chat.api.search(words, {
      ...(conversationId !== undefined && { conversationId }),
      ...(cursor !== null && { cursor }),
    });
    if (latest.current !== search) return;
    const next = 'ok' in page ? page.ok : { hits: [], nextCursor: cursor };
    setFailure('error' in page ? page.error : undefined);
    setFound({ query: words, hits: [...hits, ...next.hits], cursor: next.nextCursor });
  }

  useEffect(() => {
    const isKnown = first.current === search;
    first.current = undefined;
    if (isKnown) return;
    if (words === '') {
      setFound({ query: '', hits: [], cursor: null });
      setFailure(undefined);
      return;
    }
    const timer = setTimeout(() => void fetchPage({ hits: [], cursor: null }), debounceMs);
    return () => clearTimeout(timer);
  }, [words, conversationId]);

  const { hits, cursor } = found;
  const foundNothing = words !== '' && found.query === words && hits.length === 0 && cursor === null;
  return {
    found,
    more: cursor === null ? undefined : () => void fetchPage(found),
    status: failure ? failureMessage(failure) : foundNothing ? texts.nothing : '',
  };
}

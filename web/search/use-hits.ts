import { useEffect, useRef, useState } from 'preact/hooks';
import type { Failure } from '#client/index.ts';
import type { Hit } from '#protocol/search.ts';
import { failureMessage } from '#web/app/failure-messages.ts';
import type { Session } from '#web/session/session.ts';
import { words } from '#web/words/search.ts';

/** The search waits for a pause in typing, so that it doesn't ask the server for every letter. */
const debounceMs = 250;

/**
 * Searches as the person types.
 * @param conversationId restricts the search to one conversation
 * @returns the hits so far, `more` to fetch the next page if there is one, and a status for the person
 */
export function useHits({ chat }: Session, query: string, conversationId: string | undefined) {
  const [hits, setHits] = useState<readonly Hit[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);
  const [failure, setFailure] = useState<Failure>();
  const [searched, setSearched] = useState('');
  const wanted = query.trim();
  // Answers to an earlier search may come after those to a later one. They are ignored.
  const latest = useRef('');
  const search = `${conversationId} ${wanted}`;
  latest.current = search;

  async function fetchPage(before: readonly Hit[], from: string | null): Promise<void> {
    const page = await chat.api.search(wanted, {
      ...(conversationId !== undefined && { conversationId }),
      ...(from !== null && { cursor: from }),
    });
    if (latest.current !== search) return;
    const found = 'ok' in page ? page.ok : { hits: [], nextCursor: from };
    setFailure('error' in page ? page.error : undefined);
    setHits([...before, ...found.hits]);
    setCursor(found.nextCursor);
    setSearched(wanted);
  }

  useEffect(() => {
    if (wanted === '') {
      setHits([]);
      setCursor(null);
      setFailure(undefined);
      return;
    }
    const timer = setTimeout(() => void fetchPage([], null), debounceMs);
    return () => clearTimeout(timer);
  }, [wanted, conversationId]);

  const foundNothing = wanted !== '' && searched === wanted && hits.length === 0 && cursor === null;
  return {
    hits,
    more: cursor === null ? undefined : () => void fetchPage(hits, cursor),
    status: failure ? failureMessage(failure) : foundNothing ? words.nothing : '',
  };
}

import { useEffect, useRef, useState } from 'preact/hooks';
import type { Failure } from '#client/index.ts';
import { inWords } from '#web/app/failure-messages.ts';
import { useTalk } from '#web/conversation/conversation-context.ts';

interface OlderProps {
  /** The `seq` of the first message that is shown. */
  readonly first: number | undefined;
  readonly hasOlder: boolean;
}

/** Loads older messages when the top comes into sight. */
export function Older({ first, hasOlder }: OlderProps) {
  const { archive, conversation } = useTalk();
  const [failure, setFailure] = useState<Failure>();
  const top = useRef<HTMLDivElement>(null);
  const load = async () => {
    const result = await archive.loadOlder();
    setFailure('error' in result ? result.error : undefined);
  };
  // Observed anew after every page: the top may be in sight still.
  useEffect(() => {
    const element = top.current;
    if (!element || !hasOlder || failure) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) void load();
      },
      { root: element.closest('.scroller'), rootMargin: '600px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [first, hasOlder, conversation.loaded, failure]);

  if (failure) {
    return (
      <p class="older" role="alert">
        {inWords(failure)}{' '}
        <button type="button" class="link" onClick={load}>
          Try again
        </button>
      </p>
    );
  }
  if (hasOlder) {
    return (
      <div class="older" ref={top}>
        Loading…
      </div>
    );
  }
  return <p class="older">{first === undefined ? 'No messages yet. Say hello!' : 'This is where it began.'}</p>;
}

import { useEffect, useRef, useState } from 'preact/hooks';
import type { Failure } from '#client/index.ts';
import { failureMessage } from '#web/app/failure-messages.ts';
import { useConversation } from '#web/conversation/conversation-context.ts';

interface OlderMessagesProps {
  /** The `seq` of the oldest message that is shown. */
  readonly first: number | undefined;
  readonly hasOlder: boolean;
}

/** The top of the message list, which loads a page of older messages whenever it comes into sight. */
export function OlderMessages({ first, hasOlder }: OlderMessagesProps) {
  const { history, conversation } = useConversation();
  const [failure, setFailure] = useState<Failure>();
  const top = useRef<HTMLDivElement>(null);
  const load = async () => {
    const result = await history.loadOlder();
    setFailure('error' in result ? result.error : undefined);
  };
  // An observer reports only changes. After a page that doesn't fill the screen the top is still in sight, so it is
  // observed again.
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
        {failureMessage(failure)}{' '}
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

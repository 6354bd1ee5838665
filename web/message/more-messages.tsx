import { useEffect, useState } from 'preact/hooks';
import type { Failure } from '#client/index.ts';
import { useConversation } from '#web/conversation/conversation-context.ts';
import { lazy } from '#web/ui/lazy.tsx';
import { words } from '#web/words/message.ts';
import { words as common } from '#web/words/ui.ts';

const FailureText = lazy(async () => (await import('#web/app/later.ts')).FailureText);

interface MoreMessagesProps {
  readonly direction: 'older' | 'newer';
  /** Whether it is in sight, or soon will be. */
  readonly isNear: boolean;
}

/** Stands at either end of the list, and loads a page of older or newer messages whenever it is near. */
export function MoreMessages({ direction, isNear }: MoreMessagesProps) {
  const { history, conversation } = useConversation();
  const { messages, hasOlder, hasNewer } = history.shown(conversation);
  const [failure, setFailure] = useState<Failure>();
  const isOlder = direction === 'older';
  const hasMore = isOlder ? hasOlder : hasNewer;
  const edge = messages.at(isOlder ? 0 : -1)?.seq;
  const load = async () => {
    const result = await (isOlder ? history.loadOlder() : history.loadNewer());
    setFailure('error' in result ? result.error : undefined);
  };
  useEffect(() => {
    if (isNear && hasMore && !failure) void load();
  }, [isNear, edge, hasMore, failure]);

  if (failure)
    return (
      <p class="older" role="alert">
        <FailureText failure={failure} />{' '}
        <button type="button" class="link" onClick={load}>
          {common.tryAgain}
        </button>
      </p>
    );
  if (hasMore) return <p class="older">{common.loading}</p>;
  return <p class="older">{edge === undefined ? words.empty : words.start}</p>;
}

import type { Outgoing } from '#client/index.ts';
import { useConversation } from '#web/conversation/conversation-context.ts';
import { formatTime } from '#web/ui/dates.ts';
import { FailedIcon, PendingIcon } from '#web/ui/icons.tsx';
import { lazy } from '#web/ui/lazy.tsx';
import { words } from '#web/words/message.ts';
import { words as common } from '#web/words/ui.ts';
import { bubbleClass, MessageMedia } from './message-media.tsx';
import { MessageText } from './message-text.tsx';
import { Quote } from './quote.tsx';

const FailureText = lazy(async () => (await import('#web/app/later.ts')).FailureText);

/** A message in the outbox: the server hasn't acknowledged it, or has refused it. */
export function OutgoingItem({ entry }: { entry: Outgoing }) {
  const { id, text, media = [], createdAt, replyTo, failure } = entry;
  const { outbox } = useConversation().session.chat;
  return (
    <div class={`message own ${failure ? 'failed' : 'pending'}`}>
      <div class="body">
        <div class={bubbleClass(media)}>
          <span class="sr-only">{words.you}</span>
          {replyTo !== undefined && <Quote seq={replyTo} />}
          <MessageMedia media={media} messageId={id} />
          <MessageText text={text} />
          <span class="meta">
            <time dateTime={createdAt}>{formatTime(createdAt)}</time>
            {failure ? (
              <FailedIcon />
            ) : (
              <>
                <PendingIcon />
                <span class="sr-only">{words.sending}</span>
              </>
            )}
          </span>
        </div>
        {failure && (
          <p class="failure" role="alert">
            {words.notSent(<FailureText failure={failure} />)}{' '}
            <button type="button" class="link" onClick={() => void outbox.retry(id)}>
              {common.tryAgain}
            </button>{' '}
            <button type="button" class="link" onClick={() => void outbox.remove(id)}>
              {words.discard}
            </button>
          </p>
        )}
      </div>
    </div>
  );
}

import { useState } from 'preact/hooks';
import type { ConversationState } from '#client/index.ts';
import { limits } from '#protocol/limits.ts';
import type { Hit } from '#protocol/search.ts';
import { goToMessage } from '#web/app/navigation.ts';
import { nameOf, titleOf } from '#web/people/people.ts';
import { conversationOf } from '#web/session/chat-state.ts';
import type { Session } from '#web/session/session.ts';
import { formatShort } from '#web/ui/dates.ts';
import { Dialog } from '#web/ui/dialog.tsx';
import { Field } from '#web/ui/field.tsx';
import { Switch } from '#web/ui/switch.tsx';
import { words } from '#web/words/search.ts';
import { splitHighlights } from './highlights.ts';
import { useHits } from './use-hits.ts';
import '#web/styles/search.css';

interface SearchDialogProps {
  readonly session: Session;
  /** The conversation in which the dialog was opened. The search is restricted to it until the person switches that off. */
  readonly conversation?: ConversationState;
  readonly onClose: () => void;
}

/** Finds messages by their words. A click on a hit opens its conversation and scrolls to the message. */
export function SearchDialog({ session, conversation, onClose }: SearchDialogProps) {
  const [query, setQuery] = useState('');
  const [conversationId, setConversationId] = useState(conversation?.id);
  const { hits, more, status } = useHits(session, query, conversationId);
  return (
    <Dialog title={words.title} onClose={onClose}>
      {(close) => (
        <>
          <Field
            name="words"
            label={words.words}
            type="search"
            autocomplete="off"
            autofocus
            maxLength={limits.searchCharacters}
            value={query}
            onInput={({ currentTarget }) => setQuery(currentTarget.value)}
          />
          {conversation && (
            <Switch
              label={words.onlyHere}
              checked={conversationId !== undefined}
              onChange={async (only) => setConversationId(only ? conversation.id : undefined)}
            />
          )}
          <p class="hint" role="status">
            {status}
          </p>
          <ul class="hits">
            {hits.map((hit) => (
              <li key={hit.message.clientId}>
                <button
                  type="button"
                  onClick={() => {
                    close();
                    goToMessage(hit.conversationId, hit.message.seq);
                  }}
                >
                  <HitSummary hit={hit} session={session} />
                </button>
              </li>
            ))}
          </ul>
          {more && (
            <button type="button" class="link" onClick={more}>
              {words.more}
            </button>
          )}
        </>
      )}
    </Dialog>
  );
}

function HitSummary({ hit, session }: { hit: Hit; session: Session }) {
  const { conversationId, message } = hit;
  const conversation = conversationOf(conversationId);
  const sender = message.senderId === session.user.id ? words.you : nameOf(message.senderId, session);
  const title = conversation && titleOf(conversation, session);
  return (
    <>
      <small>
        <strong>
          <bdi>{sender}</bdi>
        </strong>
        {title && title !== sender && (
          <>
            {' · '}
            <bdi>{title}</bdi>
          </>
        )}
        <time dateTime={message.sentAt}>{formatShort(message.sentAt)}</time>
      </small>
      <span dir="auto">
        {splitHighlights(hit).map(({ text, highlighted }, index) =>
          highlighted ? <mark key={index}>{text}</mark> : text,
        )}
      </span>
    </>
  );
}

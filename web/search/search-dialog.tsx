import { useEffect, useRef, useState } from 'preact/hooks';
import type { ConversationState, Failure } from '#client/index.ts';
import { limits } from '#protocol/limits.ts';
import type { Hit } from '#protocol/search.ts';
import { inWords } from '#web/app/failure-messages.ts';
import { goTo } from '#web/app/navigation.ts';
import { conversations, type Session } from '#web/app/session.ts';
import { nameOf, titleOf } from '#web/people/people.ts';
import { shortWhen } from '#web/ui/dates.ts';
import { Dialog } from '#web/ui/dialog.tsx';
import { Field } from '#web/ui/field.tsx';
import { Switch } from '#web/ui/switch.tsx';
import { pieces } from './highlights.ts';

/** Typing fast must not search for every letter. */
const pauseMs = 250;

interface SearchProps {
  readonly session: Session;
  /** The conversation from which it was opened: the search is within it, unless the person wants more. */
  readonly conversation?: ConversationState;
  readonly onClose: () => void;
}

/** Finds messages; one that is pressed comes into sight in its conversation. */
export function Search({ session, conversation, onClose }: SearchProps) {
  const [query, setQuery] = useState('');
  const [within, setWithin] = useState(conversation?.id);
  const { hits, more, state } = useHits(session, query, within);
  return (
    <Dialog title="Search messages" onClose={onClose}>
      {(close) => (
        <>
          <Field
            name="words"
            label="Words"
            type="search"
            autocomplete="off"
            autofocus
            maxLength={limits.searchCharacters}
            value={query}
            onInput={({ currentTarget }) => setQuery(currentTarget.value)}
          />
          {conversation && (
            <Switch
              label="Only in this conversation"
              checked={within !== undefined}
              onChange={async (only) => setWithin(only ? conversation.id : undefined)}
            />
          )}
          <p class="hint" role="status">
            {state}
          </p>
          <ul class="hits">
            {hits.map((hit) => (
              <li key={hit.message.clientId}>
                <button
                  type="button"
                  onClick={() => {
                    close();
                    goTo(hit.conversationId, hit.message.seq);
                  }}
                >
                  <Found hit={hit} session={session} />
                </button>
              </li>
            ))}
          </ul>
          {more && (
            <button type="button" class="link" onClick={more}>
              More
            </button>
          )}
        </>
      )}
    </Dialog>
  );
}

function Found({ hit, session }: { hit: Hit; session: Session }) {
  const { conversationId, message } = hit;
  const conversation = conversations.value.find(({ id }) => id === conversationId);
  const sender = message.senderId === session.user.id ? 'You' : nameOf(message.senderId, session);
  const title = conversation && titleOf(conversation, session);
  return (
    <>
      <small>
        <strong>{sender}</strong>
        {title && title !== sender && ` · ${title}`}
        <time dateTime={message.sentAt}>{shortWhen(message.sentAt)}</time>
      </small>
      <span dir="auto">
        {pieces(hit).map(({ text, marked }, index) => (marked ? <mark key={index}>{text}</mark> : text))}
      </span>
    </>
  );
}

/** What is found for the words as they are typed; `more` fetches the next page, where there is one. */
function useHits({ chat }: Session, query: string, within: string | undefined) {
  const [hits, setHits] = useState<readonly Hit[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);
  const [failure, setFailure] = useState<Failure>();
  const [searched, setSearched] = useState('');
  const words = query.trim();
  // The answers of an earlier search are of no use any more.
  const latest = useRef('');
  const asked = `${within} ${words}`;
  latest.current = asked;

  async function fetchPage(before: readonly Hit[], from: string | null): Promise<void> {
    const page = await chat.api.search(words, {
      ...(within !== undefined && { conversationId: within }),
      ...(from !== null && { cursor: from }),
    });
    if (latest.current !== asked) return;
    const found = 'ok' in page ? page.ok : { hits: [], nextCursor: from };
    setFailure('error' in page ? page.error : undefined);
    setHits([...before, ...found.hits]);
    setCursor(found.nextCursor);
    setSearched(words);
  }

  useEffect(() => {
    if (words === '') {
      setHits([]);
      setCursor(null);
      setFailure(undefined);
      return;
    }
    const timer = setTimeout(() => void fetchPage([], null), pauseMs);
    return () => clearTimeout(timer);
  }, [words, within]);

  const nothing = words !== '' && searched === words && hits.length === 0 && cursor === null;
  return {
    hits,
    more: cursor === null ? undefined : () => void fetchPage(hits, cursor),
    state: failure ? inWords(failure) : nothing ? 'No message has all these words.' : '',
  };
}

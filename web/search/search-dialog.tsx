import { useEffect, useRef, useState } from 'preact/hooks';
import { limits } from '#protocol/limits.ts';
import type { Hit } from '#protocol/search.ts';
import { goToMessage, hrefOf } from '#web/app/navigation.ts';
import { Avatar } from '#web/people/avatar.tsx';
import { avatarUrlOf, nameOf, partner, titleOf } from '#web/people/people.ts';
import { conversationOf } from '#web/session/chat-state.ts';
import type { Session } from '#web/session/session.ts';
import { moveFocus } from '#web/ui/arrow-keys.ts';
import { formatShort } from '#web/ui/dates.ts';
import { Dialog } from '#web/ui/dialog.tsx';
import { Field } from '#web/ui/field.tsx';
import { Switch } from '#web/ui/switch.tsx';
import { words } from '#web/words/search.ts';
import { DayField } from './day-field.tsx';
import { findConversations } from './find-conversations.ts';
import { splitHighlights } from './highlights.ts';
import { searching, walk } from './searching.ts';
import { useHits } from './use-hits.ts';
import '#web/styles/search.css';

/** How many conversations are shown above the hits. */
const mostConversations = 6;

/**
 * Finds conversations by their titles, and messages by their words. A click on a hit opens its conversation and scrolls to the message.
 * It opens by `searching`.
 */
export function SearchDialog({ session }: { session: Session }) {
  const { conversationId: here, found: before, index } = searching.value ?? {};
  const [query, setQuery] = useState(before?.query ?? '');
  const [conversationId, setConversationId] = useState(here);
  const { found, more, status } = useHits(session, query, conversationId, before);
  const conversations = conversationId === undefined ? findConversations(query, session) : [];
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    if (index !== undefined) list.current?.querySelectorAll('button')[index]?.focus();
  }, [index]);
  return (
    <Dialog title={words.title} onClose={() => (searching.value = undefined)}>
      {(close) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: the keys move the focus among its buttons
        <div class="search" onKeyDown={moveFocus}>
          <Field
            name="words"
            label={words.words}
            type="search"
            autocomplete="off"
            autofocus
            maxLength={limits.searchCharacters}
            value={query}
            onInput={({ currentTarget }) => setQuery(currentTarget.value)}
            onKeyDown={({ key, currentTarget }) => {
              if (key === 'Enter')
                currentTarget.closest('.search')?.querySelector<HTMLElement>('.hits :is(a, button)')?.click();
            }}
          />
          {here !== undefined && (
            <Switch
              label={words.onlyHere}
              checked={conversationId !== undefined}
              onChange={async (only) => setConversationId(only ? here : undefined)}
            />
          )}
          {conversations.length > 0 && (
            <ul class="hits" aria-label={words.conversations}>
              {conversations.slice(0, mostConversations).map((conversation) => {
                const { id, type } = conversation;
                const title = titleOf(conversation, session);
                const other = type === 'direct' ? partner(conversation, session) : undefined;
                return (
                  <li key={id}>
                    <a href={hrefOf(id)} onClick={close}>
                      <Avatar id={other ?? id} name={title} url={avatarUrlOf(conversation, session)} size="small" />
                      <strong dir="auto">{title}</strong>
                    </a>
                  </li>
                );
              })}
            </ul>
          )}
          <p class="hint" role="status">
            {status}
          </p>
          <ul class="hits" aria-label={words.hits} ref={list}>
            {found.hits.map((hit, at) => (
              <li key={hit.message.clientId}>
                <button
                  type="button"
                  onClick={() => {
                    close();
                    walk.value = { found, index: at, conversationId };
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
          {here !== undefined && query === '' && <DayField session={session} conversationId={here} onFound={close} />}
        </div>
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

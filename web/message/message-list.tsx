import { useComputed } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { useConversation } from '#web/conversation/conversation-context.ts';
import { lookedAt } from '#web/notifications/visibility.ts';
import { outgoing } from '#web/session/chat-state.ts';
import { NetworkState } from '#web/session/network-state.tsx';
import { formatDay } from '#web/ui/dates.ts';
import { DownIcon } from '#web/ui/icons.tsx';
import { lazy } from '#web/ui/lazy.tsx';
import { memo } from '#web/ui/memo.ts';
import { useVirtualizer } from '#web/ui/use-virtualizer.ts';
import { shortCount } from '#web/words/locale.ts';
import { words } from '#web/words/message.ts';
import { words as common } from '#web/words/ui.ts';
import { MessageItem } from './message-item.tsx';
import { MoreMessages } from './more-messages.tsx';
import { OutgoingItem } from './outgoing-item.tsx';
import { type Row, rowsOf } from './rows.ts';
import { useScrolling } from './scrolling.ts';

const Gestures = lazy(async () => (await import('./gestures.ts')).Gestures);
const DayPill = lazy(async () => (await import('./day-pill.tsx')).DayPill);
const ChangeLine = lazy(async () => (await import('#web/details/later.ts')).ChangeLine);

/** The height of a message of one line, in px. */
const estimatedHeight = 42;
/** The space above the first message, in px, which says whether there are older ones. */
const topHeight = 56;
/** Rows that are rendered beyond those in sight, on either side. */
const overscan = 6;
/** Somebody who is less than this from the end, in px, follows what arrives. Engines round the position, and may be off by one. */
const endThreshold = 32;

/** The messages, newest at the bottom. Only the rows in sight, and a few around them, are in the document. */
export function MessageList() {
  const { conversation, id, session, history, seenUpTo } = useConversation();
  const { start, unread } = conversation;
  const scroller = useRef<HTMLDivElement>(null);
  const allWaiting = useComputed(() => outgoing.value.filter(({ conversationId }) => conversationId === id));
  const shown = history.shown(conversation);
  const [waiting, upTo, me] = [allWaiting.value, seenUpTo.value, session.user.id];
  // Each scroll renders the list, and seldom changes its rows.
  const rows = useMemo(() => rowsOf({ ...shown, waiting, seenUpTo: upTo, me }), [shown, waiting, upTo, me]);
  const follows = useFollows(rows, upTo);
  const virtualizer = useVirtualizer({
    count: conversation.loaded ? rows.length : 0,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => rows[index]?.key ?? index,
    estimateSize: () => estimatedHeight,
    overscan,
    anchorTo: 'end',
    // What arrives while nobody looks waits below.
    followOnAppend: follows && lookedAt.value,
    scrollEndThreshold: endThreshold,
    paddingStart: topHeight,
    paddingEnd: 16,
  });
  const items = virtualizer.getVirtualItems();
  useEffect(() => history.follow(), [history]);
  // The client has started its timeline afresh (`start` is another object). A passage need not be contiguous with the new one.
  useEffect(() => history.leave(), [history, start]);
  const { isScrolledUp, canReturn, toLatest, onScroll } = useScrolling(virtualizer, rows, shown);

  return (
    <div class="scroll-frame">
      {/* What comes into sight by scrolling isn't news: the conversation's announcer reads what has arrived. */}
      <section
        class="scroller"
        role="log"
        aria-live="off"
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={words.messages}
        onScroll={onScroll}
      >
        {!conversation.loaded && <p class="older">{common.loading}</p>}
        <ol class="messages" style={{ height: `${virtualizer.getTotalSize()}px` }}>
          {conversation.loaded && (
            <li class="row top">
              <MoreMessages direction="older" isNear={(items[0]?.index ?? 0) === 0} />
            </li>
          )}
          {items.map(({ index, key, start: top }) => {
            const row = rows[index];
            return (
              row && (
                <li
                  key={key}
                  class="row"
                  data-index={index}
                  ref={virtualizer.measureElement}
                  style={{ top: `${top}px` }}
                >
                  <RowContent row={row} />
                </li>
              )
            );
          })}
        </ol>
      </section>
      <NetworkState session={session} />
      <Gestures list={scroller} />
      {isScrolledUp && <DayPill rows={rows} from={virtualizer.range?.startIndex ?? 0} />}
      {(isScrolledUp || shown.hasNewer || canReturn) && (
        <button
          type="button"
          class="to-latest round"
          aria-label={canReturn ? words.back : unread > 0 ? words.latestOf(unread) : words.latest}
          onClick={toLatest}
        >
          <DownIcon />
          {unread > 0 && <span class="unread">{shortCount(unread)}</span>}
        </button>
      )}
    </div>
  );
}

/**
 * Whether who is at the end follows what is added there. Not if newer messages were yet to be fetched: what comes then is the rest of what
 * the person is reading, or what they missed and read from the heading on, which has come with it.
 */
function useFollows(rows: readonly Row[], seenUpTo: number | undefined): boolean {
  const wasWhole = useRef(true);
  const sawUpTo = useRef(seenUpTo);
  const isWhole = rows.at(-1)?.kind !== 'newer';
  const follows = isWhole && wasWhole.current && seenUpTo === sawUpTo.current;
  useLayoutEffect(() => {
    wasWhole.current = isWhole;
    sawUpTo.current = seenUpTo;
  });
  return follows;
}

function RowContent({ row }: { row: Row }) {
  switch (row.kind) {
    case 'newer':
      return <MoreMessages direction="newer" isNear />;
    case 'day':
      return <p class="heading">{formatDay(row.at)}</p>;
    case 'unread':
      return <p class="heading new">{words.newMessages}</p>;
    case 'message':
      return <Item message={row.message} follows={row.follows} followed={row.followed} />;
    case 'change':
      return <ChangeLine changes={row.changes} />;
    case 'outgoing':
      return <Outgoing entry={row.entry} />;
    default:
      return row satisfies never;
  }
}

const Item = memo(MessageItem);
const Outgoing = memo(OutgoingItem);

import type { Virtualizer } from '@tanstack/virtual-core';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { cameFrom, scrollTarget } from '#web/app/navigation.ts';
import { useConversation } from '#web/conversation/conversation-context.ts';
import type { Passage } from '#web/conversation/message-history.ts';
import { lookedAt } from '#web/notifications/visibility.ts';
import { focusPart } from '#web/ui/focus-part.ts';
import { elementId } from './message-item.tsx';
import type { Row } from './rows.ts';

/** From this distance to the end, in px, there is a button that leads there. */
const farPx = 200;

/** Where the person is in the list of messages, and what takes them elsewhere. */
export function useScrolling(virtualizer: Virtualizer<HTMLElement, HTMLElement>, rows: readonly Row[], shown: Passage) {
  const { id, conversation, session, history } = useConversation();
  const [isScrolledUp, setScrolledUp] = useState(false);
  const isLookedAt = lookedAt.value;

  const isOpening = useOpening(virtualizer, rows);
  useEnd(virtualizer, !shown.hasNewer);
  function look() {
    // Before its first scroll a list shows nothing that the person could have read.
    if (isOpening()) return;
    const { scrollHeight = 0 } = virtualizer.scrollElement ?? {};
    const distance = scrollHeight - bottomOf(virtualizer);
    setScrolledUp(distance > farPx);
    const isAtEnd = distance <= virtualizer.options.scrollEndThreshold && !shown.hasNewer;
    const first = firstInSight(virtualizer, rows);
    if (isAtEnd || first !== undefined) history.letGo(conversation, isAtEnd ? undefined : first);
    const last = lastInSight(virtualizer, rows);
    if (isLookedAt && last !== undefined) session.chat.markRead(id, last);
  }
  useOwnMessages(virtualizer, rows);
  useScrollTarget(virtualizer, rows);
  useLayoutEffect(look);

  const origin = cameFrom.value?.conversationId === id ? cameFrom.value : undefined;
  function toLatest() {
    if (origin) {
      scrollTarget.value = origin;
      cameFrom.value = undefined;
      return;
    }
    const unread = rows.findIndex(({ kind }) => kind === 'unread');
    if ((virtualizer.measurementsCache[unread]?.start ?? 0) > bottomOf(virtualizer))
      return virtualizer.scrollToIndex(unread, { align: 'start' });
    history.leave();
    // The timeline is rendered first.
    setTimeout(() => virtualizer.scrollToEnd());
  }
  return { isScrolledUp, canReturn: origin !== undefined, toLatest, onScroll: look };
}

/**
 * Opens the list where the person stopped reading: with the heading of the new messages in sight, which may be a passage far back.
 * Otherwise it opens at its end, and so it does if a certain message is looked for. Returns a function that says whether that is yet to
 * come.
 */
function useOpening(virtualizer: Virtualizer<HTMLElement, HTMLElement>, rows: readonly Row[]): () => boolean {
  const { conversation, history, seenUpTo, attempt } = useConversation();
  const upTo = seenUpTo.value;
  /** The read pointer at which the list was opened; 0 if there was nothing new. */
  const opened = useRef(upTo === undefined ? 0 : undefined);
  /** The read pointer at which a passage was asked for. */
  const asked = useRef<number>(undefined);
  /** The timeline that was opened. One that begins afresh after a long absence is opened, too. */
  const placed = useRef<object>(undefined);
  const { start } = conversation;
  useLayoutEffect(() => {
    if (placed.current !== start && conversation.loaded && rows.length > 0) {
      placed.current = start;
      if (upTo === undefined && !scrollTarget.peek()) virtualizer.scrollToEnd();
    }
    if (upTo === undefined || opened.current === upTo || !conversation.loaded) return;
    const index = rows.findIndex(({ kind }) => kind === 'unread');
    if (index === -1 && !scrollTarget.peek()) {
      // It is before what is loaded.
      const first = conversation.messages[0]?.seq ?? 0;
      const isFarBack = conversation.hasOlder && first > upTo;
      if (isFarBack && asked.current !== upTo)
        void attempt(history.goAfter(upTo)).then((found) => {
          if (!found) opened.current = upTo;
        });
      asked.current = upTo;
      if (!isFarBack) opened.current = upTo;
      return;
    }
    // Who comes back while they read further up stays there.
    const isNear = (virtualizer.measurementsCache[index]?.start ?? 0) < bottomOf(virtualizer) + farPx;
    if (!scrollTarget.peek() && (opened.current === undefined || isNear))
      virtualizer.scrollToIndex(index, { align: 'start' });
    opened.current = upTo;
  });
  return () => placed.current !== start || (upTo !== undefined && opened.current !== upTo);
}

/**
 * Who is at the end stays there when something else takes room: a keyboard, a text of many lines, a bar.
 * @param isWhole whether there is nothing after the rows
 */
function useEnd(virtualizer: Virtualizer<HTMLElement, HTMLElement>, isWhole: boolean): void {
  const whole = useRef(isWhole);
  whole.current = isWhole;
  useEffect(() => {
    const list = virtualizer.scrollElement;
    if (!list) return;
    let height = list.clientHeight;
    const observer = new ResizeObserver(() => {
      const distance = list.scrollHeight - list.scrollTop - height;
      if (list.clientHeight === height) return;
      height = list.clientHeight;
      if (whole.current && distance <= virtualizer.options.scrollEndThreshold) virtualizer.scrollToEnd();
    });
    observer.observe(list);
    return () => observer.disconnect();
  }, [virtualizer]);
}

/** The `seq` of the first message in sight. */
function firstInSight(virtualizer: Virtualizer<HTMLElement, HTMLElement>, rows: readonly Row[]): number | undefined {
  const from = virtualizer.getVirtualItemForOffset(virtualizer.scrollElement?.scrollTop ?? 0)?.index ?? 0;
  const row = rows.slice(from).find(({ kind }) => kind === 'message');
  return row?.kind === 'message' ? row.message.seq : undefined;
}

/** The `seq` of the last message of which the end is in sight, or the whole window is full. */
function lastInSight(virtualizer: Virtualizer<HTMLElement, HTMLElement>, rows: readonly Row[]): number | undefined {
  const top = virtualizer.scrollElement?.scrollTop ?? 0;
  const bottom = bottomOf(virtualizer) + 1;
  let index = virtualizer.getVirtualItemForOffset(bottom)?.index ?? -1;
  for (; index >= 0; index--) {
    const row = rows[index];
    const place = virtualizer.measurementsCache[index];
    if (!row || !place || place.end < top) return undefined;
    // Its place may be an estimate as long as it isn't in the document.
    const isRendered = virtualizer.elementsCache.has(row.key);
    if (row.kind === 'message' && isRendered && (place.end <= bottom || place.start <= top)) return row.message.seq;
  }
  return undefined;
}

/** Where the window ends in the list, in px: as it is now, while the virtualizer waits for the scroll event. */
function bottomOf({ scrollElement }: Virtualizer<HTMLElement, HTMLElement>): number {
  return scrollElement ? scrollElement.scrollTop + scrollElement.clientHeight : 0;
}

/** Who sends a message sees it, and has read the others. */
function useOwnMessages(virtualizer: Virtualizer<HTMLElement, HTMLElement>, rows: readonly Row[]): void {
  const { history, seenUpTo } = useConversation();
  const last = rows.at(-1);
  const newest = last?.kind === 'outgoing' ? last.key : undefined;
  const seen = useRef(newest);
  useLayoutEffect(() => {
    if (newest === undefined || newest === seen.current) return;
    seen.current = newest;
    seenUpTo.value = undefined;
    history.leave();
    virtualizer.scrollToEnd();
  }, [newest, history, seenUpTo, virtualizer]);
}

/** Scrolls to the message that `scrollTarget` names, and loads the passage around it first if it isn't shown. */
function useScrollTarget(virtualizer: Virtualizer<HTMLElement, HTMLElement>, rows: readonly Row[]): void {
  const { id, conversation, history, attempt } = useConversation();
  const goal = scrollTarget.value;
  const loading = useRef<typeof goal>(undefined);
  /** The message that gets the focus as soon as it is in the document. */
  const coming = useRef<number>(undefined);
  useEffect(() => {
    if (!goal || goal.conversationId !== id || !conversation.loaded) return;
    const index = rows.findIndex((row) => row.kind === 'message' && row.message.seq === goal.seq);
    if (index !== -1) {
      virtualizer.scrollToIndex(index, { align: 'center' });
      coming.current = goal.seq;
      scrollTarget.value = undefined;
    } else if (loading.current !== goal) {
      loading.current = goal;
      void attempt(history.goTo(goal.seq)).then((found) => {
        if (!found) scrollTarget.value = undefined;
      });
    }
  }, [goal, rows, conversation.loaded, id, history, attempt, virtualizer]);
  useLayoutEffect(() => {
    const element = coming.current === undefined ? null : document.getElementById(elementId(coming.current));
    if (!element) return;
    coming.current = undefined;
    focusPart(element);
  });
}

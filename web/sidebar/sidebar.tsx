import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { limits } from '#protocol/limits.ts';
import { hasDrafts } from '#web/composer/drafts.ts';
import { Avatar } from '#web/people/avatar.tsx';
import { partner } from '#web/people/people.ts';
import { searching } from '#web/search/searching.ts';
import {
  conversationIds,
  conversationOf,
  conversationsLoaded,
  directIds,
  invitations,
  outgoing,
} from '#web/session/chat-state.ts';
import { NetworkState } from '#web/session/network-state.tsx';
import { logOut, type Session } from '#web/session/session.ts';
import { IconButton } from '#web/ui/icon-button.tsx';
import { Drawing, LogOutIcon, PlusIcon, SearchIcon, SettingsIcon } from '#web/ui/icons.tsx';
import { lazy } from '#web/ui/lazy.tsx';
import { useVirtualizer } from '#web/ui/use-virtualizer.ts';
import { words } from '#web/words/sidebar.ts';
import { ConversationItem } from './conversation-item.tsx';
import { openNewConversation } from './new-conversation.ts';

/** The height of a conversation, in px. */
const estimatedHeight = 64;
/** Conversations that are rendered beyond those in sight, on either side. */
const overscan = 6;

const FailureText = lazy(async () => (await import('#web/app/later.ts')).FailureText);
const InvitationList = lazy(async () => (await import('./later.ts')).InvitationList);
const LeavingDialog = lazy(async () => (await import('./later.ts')).LeavingDialog);
const NotificationButton = lazy(async () => (await import('./later.ts')).NotificationButton);
const SettingsDialog = lazy(async () => (await import('./later.ts')).SettingsDialog);

interface SidebarProps {
  readonly session: Session;
  /** Whether no conversation is open, which would show the state of the network. */
  readonly isAlone: boolean;
}

/** The left part of the page: search, the list of conversations, and the signed-in person at its foot. */
export function Sidebar({ session, isAlone }: SidebarProps) {
  return (
    <nav class="sidebar" aria-label={words.conversations}>
      <h1 class="sr-only">{words.chats}</h1>
      <header class="sidebar-header">
        <button type="button" class="search-field" aria-label={words.search} onClick={() => (searching.value = {})}>
          <SearchIcon /> {words.searchField}
        </button>
        <IconButton label={words.add} onClick={openNewConversation}>
          <PlusIcon />
        </IconButton>
      </header>
      <div class="scroll-frame">
        <ConversationList session={session} />
        {isAlone && <NetworkState session={session} />}
      </div>
      {/* They come later than the list, which mustn't move then. */}
      {invitations.value.length > 0 && <InvitationList session={session} />}
      <CurrentUser session={session} />
    </nav>
  );
}

function CurrentUser({ session }: { session: Session }) {
  const [failure, setFailure] = useState<ComponentChildren>('');
  const [isSettingsOpen, setSettingsOpen] = useState(false);
  const [isLeaving, setLeaving] = useState(false);
  const { user } = session;
  async function onLogOut(isSure: boolean) {
    if (!isSure && (hasDrafts(user.id) || outgoing.peek().length > 0)) return setLeaving(true);
    const failed = await logOut(session);
    if (failed) setFailure(<FailureText failure={failed} />);
  }
  return (
    <>
      <p class="failure" role="alert">
        {failure}
      </p>
      <footer class="current-user">
        <Avatar id={user.id} name={user.displayName} url={user.avatarUrl} size="small" />
        <span class="names">
          <strong dir="auto">{user.displayName}</strong>
          <small>@{user.username}</small>
        </span>
        {/* It comes a moment later, and takes its room from the name. */}
        <NotificationButton session={session} onFailure={setFailure} />
        <IconButton label={words.settings} onClick={() => setSettingsOpen(true)}>
          <SettingsIcon />
        </IconButton>
        <IconButton label={words.logOut} onClick={() => void onLogOut(false)}>
          <LogOutIcon />
        </IconButton>
      </footer>
      {isLeaving && <LeavingDialog onClose={() => setLeaving(false)} onLeave={() => void onLogOut(true)} />}
      {isSettingsOpen && <SettingsDialog session={session} onClose={() => setSettingsOpen(false)} />}
    </>
  );
}

/** Subscribes to the presence of the partners in the latest direct conversations, as many as one request can name. */
function usePartnersPresence(session: Session): void {
  const latest = [...directIds.value.slice(0, limits.presenceUserIds)].sort();
  useEffect(() => {
    const direct = latest.flatMap((id) => conversationOf(id) ?? []);
    return session.chat.presence.subscribe(direct.flatMap((conversation) => partner(conversation, session) ?? []));
  }, [latest.join(), session]);
}

function ConversationList({ session }: { session: Session }) {
  usePartnersPresence(session);
  if (conversationIds.value.length > 0) return <WindowedList ids={conversationIds.value} session={session} />;
  if (!conversationsLoaded.value) return <p class="empty-list">{words.loading}</p>;
  return (
    <div class="empty-list">
      <Drawing />
      <p>{words.empty}</p>
      <button type="button" class="primary" onClick={openNewConversation}>
        {words.start}
      </button>
    </div>
  );
}

/** Only the conversations in sight, and a few around them, are in the document. */
function WindowedList({ ids, session }: { ids: readonly string[]; session: Session }) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: ids.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => ids[index] ?? index,
    estimateSize: () => estimatedHeight,
    overscan,
  });
  return (
    <div class="conversations" ref={scroller}>
      <ul style={{ height: `${virtualizer.getTotalSize()}px` }}>
        {virtualizer.getVirtualItems().map(({ index, key, start }) => (
          <li
            key={key}
            data-index={index}
            ref={virtualizer.measureElement}
            style={{ top: `${start}px` }}
            aria-setsize={ids.length}
            aria-posinset={index + 1}
          >
            <ConversationItem id={ids[index] ?? ''} session={session} />
          </li>
        ))}
      </ul>
    </div>
  );
}

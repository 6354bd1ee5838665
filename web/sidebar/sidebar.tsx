import { useEffect, useState } from 'preact/hooks';
import { limits } from '#protocol/limits.ts';
import { inWords } from '#web/app/failure-messages.ts';
import { complete, connection, conversations, logOut, type Session } from '#web/app/session.ts';
import { NotificationSwitch } from '#web/notifications/notification-button.tsx';
import { Avatar } from '#web/people/avatar.tsx';
import { partner } from '#web/people/people.ts';
import { Search } from '#web/search/search-dialog.tsx';
import { Settings } from '#web/settings/settings-dialog.tsx';
import { LogOutIcon, NewIcon, SearchIcon, SettingsIcon } from '#web/ui/icons.tsx';
import { ConversationLink } from './conversation-item.tsx';
import { openNewConversation } from './new-conversation.tsx';

/** Who is signed in, the state of the connection, and the conversations. */
export function Sidebar({ session }: { session: Session }) {
  const [searches, setSearches] = useState(false);
  return (
    <nav class="sidebar" aria-label="Conversations">
      <Me session={session} />
      <ConnectionState />
      <div class="sidebar-title">
        <h1>Chats</h1>
        <button
          type="button"
          class="quiet round"
          aria-label="Search all messages"
          title="Search all messages"
          onClick={() => setSearches(true)}
        >
          <SearchIcon />
        </button>
        <button
          type="button"
          class="quiet round"
          aria-label="New conversation"
          title="New conversation"
          onClick={openNewConversation}
        >
          <NewIcon />
        </button>
      </div>
      <List session={session} />
      {searches && <Search session={session} onClose={() => setSearches(false)} />}
    </nav>
  );
}

function Me({ session }: { session: Session }) {
  const [failure, setFailure] = useState('');
  const [hasSettings, setSettings] = useState(false);
  const { user } = session;
  async function leave() {
    const failed = await logOut(session);
    if (failed) setFailure(inWords(failed));
  }
  return (
    <>
      <header class="me">
        <Avatar id={user.id} name={user.displayName} url={user.avatarUrl} />
        <span class="names">
          <strong>{user.displayName}</strong>
          <small>@{user.username}</small>
        </span>
        <button
          type="button"
          class="quiet round"
          aria-label="Settings"
          title="Settings"
          onClick={() => setSettings(true)}
        >
          <SettingsIcon />
        </button>
        <NotificationSwitch session={session} onFailure={setFailure} />
        <button type="button" class="quiet round" aria-label="Log out" title="Log out" onClick={leave}>
          <LogOutIcon />
        </button>
      </header>
      <p class="failure" role="alert">
        {failure}
      </p>
      {hasSettings && <Settings session={session} onClose={() => setSettings(false)} />}
    </>
  );
}

function ConnectionState() {
  const words = { idle: '', connecting: 'Connecting…', online: '', reconnecting: 'Reconnecting…', closed: '' };
  return (
    <p class="connection" role="status">
      {words[connection.value]}
    </p>
  );
}

/** The presence of those with whom one talks alone lately is shown in the list. */
function useWatchPartners(session: Session): void {
  const direct = conversations.value.filter(({ type }) => type === 'direct').slice(0, limits.presenceUserIds);
  const others = direct.flatMap((conversation) => partner(conversation, session) ?? []);
  useEffect(() => session.chat.people.watch(others), [[...others].sort().join(), session]);
}

function List({ session }: { session: Session }) {
  useWatchPartners(session);
  if (conversations.value.length > 0) {
    return (
      <ul class="conversations">
        {conversations.value.map((conversation) => (
          <ConversationLink key={conversation.id} conversation={conversation} session={session} />
        ))}
      </ul>
    );
  }
  if (!complete.value) return <p class="nothing">Loading…</p>;
  return (
    <div class="nothing">
      <p>Nobody here yet.</p>
      <button type="button" class="primary" onClick={openNewConversation}>
        Start a conversation
      </button>
    </div>
  );
}

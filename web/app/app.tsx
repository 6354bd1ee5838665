import { useEffect } from 'preact/hooks';
import { Thread } from '#web/conversation/conversation-pane.tsx';
import { settleNotifications } from '#web/notifications/notifications.ts';
import { forget } from '#web/people/people.ts';
import { NewConversation } from '#web/sidebar/new-conversation.tsx';
import { Sidebar } from '#web/sidebar/sidebar.tsx';
import { SignIn } from '#web/sign-in/sign-in.tsx';
import { Mark } from '#web/ui/icons.tsx';
import { openId } from './navigation.ts';
import { complete, conversations, phase, type Session, start, unreadIds, unreadTotal } from './session.ts';

export function App() {
  const now = phase.value;
  const unread = now.name === 'signed-in' ? unreadTotal.value : 0;
  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) STORM` : 'STORM';
  }, [unread]);
  const isKnown = now.name === 'signed-out' || (now.name === 'signed-in' && complete.value);
  const ids = now.name === 'signed-in' ? unreadIds.value : '';
  useEffect(() => {
    if (isKnown) void settleNotifications(unread, ids.split(' '));
  }, [isKnown, unread, ids]);
  switch (now.name) {
    case 'starting':
      return <main class="splash" aria-busy="true" aria-label="Loading" />;
    case 'unreachable':
      return <Unreachable />;
    case 'signed-out':
      return <SignIn {...(now.reason && { reason: now.reason })} />;
    case 'signed-in':
      return <Desk session={now.session} key={now.session.user.id} />;
  }
}

function Unreachable() {
  return (
    <main class="splash">
      <Mark />
      <h1>STORM can’t be reached</h1>
      <p>Check your connection, then try again.</p>
      <button type="button" class="primary" onClick={() => void start()}>
        Try again
      </button>
    </main>
  );
}

function Desk({ session }: { session: Session }) {
  useEffect(
    () =>
      session.chat.on('event', (event) => {
        if (event.type === 'member' && event.change === 'erased') forget(event.userId);
      }),
    [session.chat],
  );
  const open = conversations.value.find(({ id }) => id === openId.value);
  return (
    <main class={open ? 'desk in-thread' : 'desk'}>
      <Sidebar session={session} />
      {open ? <Thread key={open.id} session={session} conversation={open} /> : <NothingOpen />}
      <NewConversation session={session} />
    </main>
  );
}

function NothingOpen() {
  return (
    <section class="thread empty">
      <Mark />
      <h2>Your conversations, in real time</h2>
      <p>Choose one on the left, or start a new one.</p>
    </section>
  );
}

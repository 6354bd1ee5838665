import { effect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { mailLink } from '#web/account/mail-link.ts';
import { hasUploads } from '#web/composer/drafts.ts';
import { ConversationPane } from '#web/conversation/conversation-pane.tsx';
import { lookedAt } from '#web/notifications/visibility.ts';
import { markDeleted } from '#web/people/people.ts';
import { searching } from '#web/search/searching.ts';
import { conversationSignal, conversationsLoaded, unreadIds, unreadTotal } from '#web/session/chat-state.ts';
import { auth, changeProfile, phase, type Session } from '#web/session/session.ts';
import { isNewConversationOpen } from '#web/sidebar/new-conversation.ts';
import { Sidebar } from '#web/sidebar/sidebar.tsx';
import { lazy } from '#web/ui/lazy.tsx';
import { words } from '#web/words/app.ts';
import { shortCount } from '#web/words/locale.ts';
import { linkedUsername, openConversationId } from './navigation.ts';

const VerifyFirst = lazy(async () => (await import('#web/account/signed-out.ts')).VerifyFirst);

const SearchDialog = lazy(async () => (await import('#web/search/search-dialog.tsx')).SearchDialog);
const NewConversationDialog = lazy(async () => (await import('./begin.ts')).NewConversationDialog);
const LinkedPerson = lazy(async () => (await import('./begin.ts')).LinkedPerson);
const Unreachable = lazy(async () => (await import('./begin.ts')).Unreachable);
const NothingOpen = lazy(async () => (await import('./begin.ts')).NothingOpen);
const SignIn = lazy(async () => (await import('#web/account/signed-out.ts')).SignIn);
const MailLinkPage = lazy(async () => (await import('#web/account/signed-out.ts')).MailLinkPage);

export function App() {
  const current = phase.value;
  const unread = current.name === 'signed-in' ? unreadTotal.value : 0;
  useEffect(() => {
    document.title = unread > 0 ? `(${shortCount(unread)}) STORM` : 'STORM';
    document.querySelector('link[rel=icon]')?.setAttribute('href', unread > 0 ? '/icon-unread.svg' : '/icon.svg');
  }, [unread]);
  const isUnreadKnown = current.name === 'signed-out' || (current.name === 'signed-in' && conversationsLoaded.value);
  const ids = current.name === 'signed-in' ? unreadIds.value : '';
  useEffect(() => {
    if (isUnreadKnown)
      void import('#web/notifications/notifications.ts')
        .then(({ syncNotifications }) => syncNotifications(unread, ids.split(' ')))
        .catch(console.warn);
  }, [isUnreadKnown, unread, ids]);
  switch (current.name) {
    case 'starting':
      return <main class="splash" aria-busy="true" aria-label={words.loading} />;
    case 'unreachable':
      return <Unreachable />;
    case 'signed-out':
      if (mailLink.value) return <MailLinkPage link={mailLink.value} />;
      return <SignIn {...(current.reason && { reason: current.reason })} />;
    case 'unverified':
      if (mailLink.value) return <MailLinkPage link={mailLink.value} />;
      return <VerifyFirst user={current.user} />;
    case 'signed-in':
      if (mailLink.value) return <MailLinkPage link={mailLink.value} />;
      return <Shell session={current.session} key={current.session.user.id} />;
    default:
      return current satisfies never;
  }
}

function Shell({ session }: { session: Session }) {
  useEffect(
    () =>
      session.chat.on('event', (event) => {
        if (event.type === 'member' && event.change === 'erased') markDeleted(event.userId);
        if (event.type === 'profile') changeProfile(event.user);
        if (event.type === 'deleted')
          void import('#web/notifications/notifications.ts')
            .then(({ takeBack }) => takeBack(event.conversationId, event.target))
            .catch(console.warn);
      }),
    [session.chat],
  );
  const isLoaded = conversationsLoaded.value;
  useEffect(() => {
    // The page may have begun with the profile of last time.
    if (isLoaded && auth.user) changeProfile(auth.user);
  }, [isLoaded]);
  useEffect(() => effect(() => session.chat.setVisible(lookedAt.value)), [session.chat]);
  useEffect(
    () =>
      session.chat.on('unseen', ({ conversationId, message }) => {
        void import('#web/notifications/show.ts')
          .then(({ showMessage }) => showMessage(session, conversationId, message))
          .catch(console.warn);
      }),
    [session],
  );
  useEffect(() => {
    // Messages in the outbox, and files on their way, go on only while the page is open.
    const warn = (event: BeforeUnloadEvent) => {
      if (session.chat.outbox.entries.length > 0 || hasUploads()) event.preventDefault();
    };
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [session.chat]);
  useEffect(() => {
    const listening = import('./shortcuts.ts').then(({ listenToKeys }) => listenToKeys());
    return () => void listening.then((stop) => stop());
  }, []);
  const id = openConversationId.value;
  const open = id === undefined ? undefined : conversationSignal(id);
  return (
    <main class={open ? 'shell has-conversation' : 'shell'}>
      <Sidebar session={session} isAlone={!open} />
      {searching.value && <SearchDialog session={session} />}
      {open ? <ConversationPane key={id} session={session} state={open} /> : <NothingOpen session={session} />}
      {linkedUsername.value && (
        <LinkedPerson key={linkedUsername.value} session={session} username={linkedUsername.value} />
      )}
      {isNewConversationOpen.value && <NewConversationDialog session={session} />}
    </main>
  );
}

import { ShareLink } from '#web/people/share-link.tsx';
import { conversationIds, conversationsLoaded } from '#web/session/chat-state.ts';
import type { Session } from '#web/session/session.ts';
import { openNewConversation } from '#web/sidebar/new-conversation.ts';
import { Drawing } from '#web/ui/icons.tsx';
import { words } from '#web/words/sharing.ts';
import '#web/styles/nothing-open.css';

/** What stands in place of a conversation. Who has none yet sees how to get to their first message. */
export function NothingOpen({ session }: { session: Session }) {
  const isNew = conversationsLoaded.value && conversationIds.value.length === 0;
  return (
    <section class="conversation-pane empty">
      <Drawing />
      {isNew ? (
        <>
          <h2>{words.welcome(<bdi>{session.user.displayName}</bdi>)}</h2>
          <p>{words.firstStep}</p>
          <button type="button" class="primary" onClick={openNewConversation}>
            {words.find}
          </button>
          <p>{words.orShare}</p>
          <ShareLink user={session.user} />
        </>
      ) : (
        <>
          <h2>{words.conversations}</h2>
          <p>{words.choose}</p>
        </>
      )}
    </section>
  );
}

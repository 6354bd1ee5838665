import { ShareLink } from '#web/people/share-link.tsx';
import type { Session } from '#web/session/session.ts';
import { Drawing } from '#web/ui/icons.tsx';
import { words } from '#web/words/sharing.ts';
import { openNewConversation } from './new-conversation.ts';

/** What somebody without conversations sees: how to the first message. */
export function FirstSteps({ session }: { session: Session }) {
  return (
    <section class="conversation-pane empty">
      <Drawing />
      <h2>{words.welcome(<bdi>{session.user.displayName}</bdi>)}</h2>
      <p>{words.firstStep}</p>
      <button type="button" class="primary" onClick={openNewConversation}>
        {words.find}
      </button>
      <p>{words.orShare}</p>
      <ShareLink user={session.user} />
    </section>
  );
}

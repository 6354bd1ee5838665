import { blockedIds, setBlocked } from '#web/people/blocks.ts';
import { Name } from '#web/people/names.tsx';
import { partner } from '#web/people/people.ts';
import { words } from '#web/words/notices.ts';
import { useConversation } from './conversation-context.ts';
import '#web/styles/notice.css';

/** Why a message to the other one of a direct conversation would be strange, or of no use. */
export function DirectNotice() {
  const { conversation, session, attempt } = useConversation();
  const other = partner(conversation, session);
  const isBlocked = other !== undefined && blockedIds(session)?.includes(other);
  if (other === undefined) return <p class="notice">{words.gone}</p>;
  if (!isBlocked) return null;
  return (
    <p class="notice">
      <span>{words.blocked(<Name id={other} session={session} />)}</span>
      <button type="button" class="link" onClick={() => void attempt(setBlocked(session, other, false))}>
        {words.unblock}
      </button>
    </p>
  );
}

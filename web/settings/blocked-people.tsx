import { useEffect, useState } from 'preact/hooks';
import type { Result } from '#client/index.ts';
import { failureMessage } from '#web/app/failure-messages.ts';
import { Avatar } from '#web/people/avatar.tsx';
import { blockedIds, loadBlocks, setBlocked } from '#web/people/blocks.ts';
import { avatarUrlOf, nameOf } from '#web/people/people.ts';
import type { Session } from '#web/session/session.ts';
import { words } from '#web/words/settings.ts';

/** Those whom the person has blocked, each with a button that ends it. */
export function BlockedPeople({ session }: { session: Session }) {
  const ids = blockedIds(session);
  const [failure, setFailure] = useState('');
  const show = (result: Result<unknown>) => setFailure('error' in result ? failureMessage(result.error) : '');
  useEffect(() => void loadBlocks(session.chat).then(show), [session.chat]);
  return (
    <section>
      <h4>{words.blocked}</h4>
      <p class="failure" role="alert">
        {failure}
      </p>
      {ids?.length === 0 && <p class="hint">{words.nobodyBlocked}</p>}
      <ul class="logins">
        {ids?.map((id) => (
          <li key={id}>
            <Avatar id={id} name={nameOf(id, session)} url={avatarUrlOf(id, session)} size="small" />
            <span class="names">
              <bdi>{nameOf(id, session)}</bdi>
            </span>
            <button
              type="button"
              aria-label={words.unblockOne(nameOf(id, session))}
              onClick={() => void setBlocked(session, id, false).then(show)}
            >
              {words.unblock}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

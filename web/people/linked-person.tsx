import { useEffect, useState } from 'preact/hooks';
import type { Failure } from '#client/index.ts';
import type { User } from '#protocol/accounts.ts';
import { failureMessage } from '#web/app/failure-messages.ts';
import { closeConversation, openConversation } from '#web/app/navigation.ts';
import { conversationsLoaded, directWith } from '#web/session/chat-state.ts';
import type { Session } from '#web/session/session.ts';
import { Dialog } from '#web/ui/dialog.tsx';
import { words } from '#web/words/sharing.ts';
import { words as common } from '#web/words/ui.ts';
import { Avatar } from './avatar.tsx';
import { addUsers } from './people.ts';
import { ShareLink } from './share-link.tsx';
import '#web/styles/sharing.css';

interface LinkedPersonProps {
  readonly session: Session;
  readonly username: string;
}

/**
 * Where a person's link leads: to the conversation with them, if there is one, and else to who they are, with a button. A link alone
 * begins no conversation, because the other would see it (decision 0165).
 */
export function LinkedPerson({ session, username: written }: LinkedPersonProps) {
  const username = written.toLowerCase();
  const { chat } = session;
  const [user, setUser] = useState<User | 'nobody'>();
  const [failure, setFailure] = useState<Failure>();
  const isOwn = username === session.user.username;
  async function find() {
    setFailure(undefined);
    const found = await chat.api.findUsers(username, 1);
    if ('error' in found) return setFailure(found.error);
    const [first] = found.ok.users;
    addUsers(found.ok.users);
    setUser(first?.username === username ? first : 'nobody');
  }
  useEffect(() => {
    if (!isOwn) void find();
  }, [username, chat]);
  const known = typeof user === 'object' && conversationsLoaded.value ? directWith(user.id) : undefined;
  useEffect(() => {
    if (known !== undefined) openConversation(known);
  }, [known]);

  async function write({ id }: User) {
    const created = await chat.createConversation({ type: 'direct', memberIds: [id] });
    if ('error' in created) setFailure(created.error);
    else openConversation(created.ok.id);
  }

  return (
    <Dialog title={`@${username}`} onClose={closeConversation}>
      {() => (
        <div class="linked-person">
          {isOwn && <ShareLink user={session.user} />}
          {user === undefined && !isOwn && !failure && <p>{common.loading}</p>}
          {user === 'nobody' && <p>{words.nobody}</p>}
          {typeof user === 'object' && (
            <>
              <Avatar id={user.id} name={user.displayName} url={user.avatarUrl} size="large" />
              <h3 dir="auto">{user.displayName}</h3>
              {user.bio && (
                <p class="bio" dir="auto">
                  {user.bio}
                </p>
              )}
              <button type="button" class="primary" onClick={() => void write(user)}>
                {words.write(<bdi>{user.displayName}</bdi>)}
              </button>
            </>
          )}
          <p class="failure" role="alert">
            {failure && failureMessage(failure)}
          </p>
          {failure && user === undefined && (
            <button type="button" class="link" onClick={() => void find()}>
              {common.tryAgain}
            </button>
          )}
        </div>
      )}
    </Dialog>
  );
}

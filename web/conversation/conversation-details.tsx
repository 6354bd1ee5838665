import { useEffect, useState } from 'preact/hooks';
import { failureMessage } from '#web/app/failure-messages.ts';
import { partner, userById } from '#web/people/people.ts';
import { Dialog } from '#web/ui/dialog.tsx';
import { Switch } from '#web/ui/switch.tsx';
import { words } from '#web/words/details.ts';
import { type Attempt, useConversation } from './conversation-context.ts';
import { GroupDetails } from './group-details.tsx';

/** A dialog with the details and settings of a conversation, and the members of a group. */
export function ConversationDetails({ title, onClose }: { title: string; onClose: () => void }) {
  const { conversation, session } = useConversation();
  const { id, type, muted } = conversation;
  const other = type === 'direct' ? partner(conversation, session) : undefined;
  const [failure, setFailure] = useState('');
  const attempt: Attempt = async (operation) => {
    const result = await operation;
    setFailure('error' in result ? failureMessage(result.error) : '');
    return 'ok' in result;
  };
  return (
    <Dialog title={title} onClose={onClose}>
      {() => (
        <>
          <p class="failure" role="alert">
            {failure}
          </p>
          <Switch
            label={words.mute}
            hint={words.muteHint}
            checked={muted}
            onChange={(on) => attempt(session.chat.mute(id, on))}
          />
          {type === 'group' && <GroupDetails attempt={attempt} />}
          {other && <DirectDetails userId={other} attempt={attempt} />}
        </>
      )}
    </Dialog>
  );
}

function DirectDetails({ userId, attempt }: { userId: string; attempt: Attempt }) {
  const { session } = useConversation();
  const { api } = session.chat;
  const user = userById(userId, session);
  const [blocked, setBlocked] = useState<boolean>();
  useEffect(() => {
    void api.blocks().then((result) => {
      if ('ok' in result) setBlocked(result.ok.userIds.includes(userId));
    });
  }, [api, userId]);
  async function change(on: boolean) {
    if (await attempt(on ? api.block(userId) : api.unblock(userId))) setBlocked(on);
  }
  return (
    <>
      <Switch
        label={words.block}
        hint={words.blockHint}
        checked={blocked ?? false}
        disabled={blocked === undefined}
        onChange={change}
      />
      {user?.bio && (
        <p class="bio" dir="auto">
          {user.bio}
        </p>
      )}
    </>
  );
}

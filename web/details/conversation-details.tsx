import { useEffect, useState } from 'preact/hooks';
import { failureMessage } from '#web/app/failure-messages.ts';
import { type Attempt, useConversation } from '#web/conversation/conversation-context.ts';
import { blockedIds, loadBlocks, setBlocked } from '#web/people/blocks.ts';
import { partner } from '#web/people/people.ts';
import { SidePanel } from '#web/ui/side-panel.tsx';
import { Switch } from '#web/ui/switch.tsx';
import { words } from '#web/words/details.ts';
import { GroupDetails } from './group-details.tsx';
import { Profile } from './profile.tsx';
import { SharedMedia } from './shared-media.tsx';
import '#web/styles/details.css';

/** Who somebody is, or what a group is and who is in it, with the settings of the conversation. */
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
    <SidePanel title={words.title} onClose={onClose}>
      <Profile title={title} />
      <p class="failure" role="alert">
        {failure}
      </p>
      <section>
        <Switch
          label={words.mute}
          hint={words.muteHint}
          checked={muted}
          onChange={(on) => attempt(session.chat.mute(id, on))}
        />
        {other && <Block userId={other} attempt={attempt} />}
      </section>
      {type === 'group' && <GroupDetails attempt={attempt} />}
      <SharedMedia />
    </SidePanel>
  );
}

function Block({ userId, attempt }: { userId: string; attempt: Attempt }) {
  const { session } = useConversation();
  const blocked = blockedIds(session);
  useEffect(() => void loadBlocks(session.chat), [session.chat]);
  return (
    <Switch
      label={words.block}
      hint={words.blockHint}
      checked={blocked?.includes(userId) ?? false}
      disabled={blocked === undefined}
      onChange={(on) => attempt(setBlocked(session, userId, on))}
    />
  );
}

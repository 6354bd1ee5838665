import { useState } from 'preact/hooks';
import { failureMessage } from '#web/app/failure-messages.ts';
import { type Attempt, canManage, useConversation } from '#web/conversation/conversation-context.ts';
import { partner, userById } from '#web/people/people.ts';
import { SidePanel } from '#web/ui/side-panel.tsx';
import { words } from '#web/words/details.ts';
import { Block } from './block.tsx';
import { GroupSettings } from './group-settings.tsx';
import { LeaveGroup } from './leave-group.tsx';
import { Members } from './members.tsx';
import { Profile } from './profile.tsx';
import { QuickActions } from './quick-actions.tsx';
import { SharedMedia } from './shared-media.tsx';
import '#web/styles/details.css';

/** Who somebody is, or what a group is and who is in it: what is looked at often comes first, and what can't be undone last. */
export function ConversationDetails({ title, onClose }: { title: string; onClose: () => void }) {
  const { conversation, session } = useConversation();
  const isGroup = conversation.type === 'group';
  const other = isGroup ? undefined : partner(conversation, session);
  const bio = other === undefined ? undefined : userById(other, session)?.bio;
  const [failure, setFailure] = useState('');
  const attempt: Attempt = async (operation) => {
    const result = await operation;
    setFailure('error' in result ? failureMessage(result.error) : '');
    return 'ok' in result;
  };
  return (
    <SidePanel title={words.title} onClose={onClose}>
      <Profile title={title} />
      <QuickActions attempt={attempt} />
      <p class="failure" role="alert">
        {failure}
      </p>
      {bio && (
        <p class="bio" dir="auto">
          {bio}
        </p>
      )}
      <SharedMedia />
      {isGroup && <Members attempt={attempt} />}
      {canManage(conversation, session) && <GroupSettings attempt={attempt} />}
      {isGroup && <LeaveGroup attempt={attempt} />}
      {other && <Block userId={other} attempt={attempt} />}
    </SidePanel>
  );
}

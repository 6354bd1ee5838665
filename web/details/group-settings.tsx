import { limits } from '#protocol/limits.ts';
import { ActionForm } from '#web/app/action-form.tsx';
import { type Attempt, useConversation } from '#web/conversation/conversation-context.ts';
import { AvatarPicker } from '#web/people/avatar-picker.tsx';
import { NameField } from '#web/people/name-field.tsx';
import { Switch } from '#web/ui/switch.tsx';
import { words } from '#web/words/details.ts';

/** What owner and admins of a group can change of it. */
export function GroupSettings({ attempt }: { attempt: Attempt }) {
  const { conversation, session } = useConversation();
  const { id, name, history } = conversation;
  const { api } = session.chat;
  return (
    <section>
      <h3>{words.settings}</h3>
      <AvatarPicker chat={session.chat} onUpload={(avatarMediaId) => api.updateConversation(id, { avatarMediaId })} />
      <ActionForm
        button={words.rename}
        done={words.renamed}
        onSubmit={(text) => api.updateConversation(id, { name: text('groupName') })}
      >
        {(failure) => (
          <NameField
            name="groupName"
            label={words.groupName}
            maxLength={limits.groupNameCharacters}
            autocomplete="off"
            defaultValue={name ?? ''}
            failure={failure}
          />
        )}
      </ActionForm>
      <Switch
        label={words.wholeHistory}
        hint={words.wholeHistoryHint}
        checked={history === 'all'}
        onChange={(all) => attempt(api.updateConversation(id, { history: all ? 'all' : 'joined' }))}
      />
    </section>
  );
}

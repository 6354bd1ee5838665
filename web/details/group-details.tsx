import { limits } from '#protocol/limits.ts';
import { ActionForm } from '#web/app/action-form.tsx';
import { type Attempt, canManage, useConversation } from '#web/conversation/conversation-context.ts';
import { AvatarPicker } from '#web/people/avatar-picker.tsx';
import { NameField } from '#web/people/name-field.tsx';
import { ConfirmButton } from '#web/ui/confirm-button.tsx';
import { Switch } from '#web/ui/switch.tsx';
import { words } from '#web/words/details.ts';
import { Members } from './members.tsx';

/** The part of the details that only groups have: settings for owner and admins, the members, and leaving. */
export function GroupDetails({ attempt }: { attempt: Attempt }) {
  const { conversation, session } = useConversation();
  const { id, name, history } = conversation;
  const { api } = session.chat;
  return (
    <>
      {canManage(conversation, session) && (
        <section>
          <Switch
            label={words.wholeHistory}
            hint={words.wholeHistoryHint}
            checked={history === 'all'}
            onChange={(all) => attempt(api.updateConversation(id, { history: all ? 'all' : 'joined' }))}
          />
          <AvatarPicker
            chat={session.chat}
            onUpload={(avatarMediaId) => api.updateConversation(id, { avatarMediaId })}
          />
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
        </section>
      )}
      <Members attempt={attempt} />
      <div class="actions">
        <ConfirmButton
          confirmLabel={words.reallyLeave}
          onConfirm={() => void attempt(api.removeMember(id, session.user.id))}
        >
          {words.leave}
        </ConfirmButton>
      </div>
    </>
  );
}

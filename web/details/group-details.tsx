import { limits } from '#protocol/limits.ts';
import { type Attempt, canManage, useConversation } from '#web/conversation/conversation-context.ts';
import { AvatarPicker } from '#web/people/avatar-picker.tsx';
import { ConfirmButton } from '#web/ui/confirm-button.tsx';
import { Field } from '#web/ui/field.tsx';
import { Switch } from '#web/ui/switch.tsx';
import { words } from '#web/words/details.ts';
import { Members } from './members.tsx';

/** The part of the details that only groups have: settings for owner and admins, the members, and leaving. */
export function GroupDetails({ attempt }: { attempt: Attempt }) {
  const { conversation, session } = useConversation();
  const { id, name, history } = conversation;
  const { api } = session.chat;
  function rename(event: SubmitEvent) {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    void attempt(api.updateConversation(id, { name: String(data.get('groupName')) }));
  }
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
          <form onSubmit={rename} class="inline-form">
            <Field
              name="groupName"
              label={words.groupName}
              required
              maxLength={limits.groupNameCharacters}
              autocomplete="off"
              defaultValue={name ?? ''}
            />
            <button type="submit" class="primary">
              {words.rename}
            </button>
          </form>
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

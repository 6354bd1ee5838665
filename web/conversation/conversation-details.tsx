import { useEffect, useState } from 'preact/hooks';
import type { Result } from '#client/index.ts';
import { limits } from '#protocol/limits.ts';
import { failureMessage } from '#web/app/failure-messages.ts';
import { AvatarPicker } from '#web/people/avatar-picker.tsx';
import { partner, userById } from '#web/people/people.ts';
import { ConfirmButton } from '#web/ui/confirm-button.tsx';
import { Dialog } from '#web/ui/dialog.tsx';
import { Field } from '#web/ui/field.tsx';
import { Switch } from '#web/ui/switch.tsx';
import { canManage, useConversation } from './conversation-context.ts';
import { Members } from './members.tsx';

export type Attempt = (operation: Promise<Result<unknown>>) => Promise<boolean>;

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
            label="Mute"
            hint="No notifications of its messages, and the title of the page doesn’t count them."
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
        label="Block"
        hint="They can’t write to you here, and don’t see when you are online."
        checked={blocked ?? false}
        disabled={blocked === undefined}
        onChange={change}
      />
      {user?.bio && <p class="bio">{user.bio}</p>}
    </>
  );
}

function GroupDetails({ attempt }: { attempt: Attempt }) {
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
        <>
          <Switch
            label="New members see everything"
            hint="Otherwise they see what comes after they joined."
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
              label="Name of the group"
              required
              maxLength={limits.groupNameCharacters}
              autocomplete="off"
              defaultValue={name ?? ''}
            />
            <button type="submit" class="primary">
              Rename
            </button>
          </form>
        </>
      )}
      <Members attempt={attempt} />
      <div class="actions">
        <ConfirmButton
          confirmLabel="Really leave"
          onConfirm={() => void attempt(api.removeMember(id, session.user.id))}
        >
          Leave the group
        </ConfirmButton>
      </div>
    </>
  );
}

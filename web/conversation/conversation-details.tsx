import { useEffect, useState } from 'preact/hooks';
import type { Result } from '#client/index.ts';
import { limits } from '#protocol/limits.ts';
import { inWords } from '#web/app/failure-messages.ts';
import { AvatarChoice } from '#web/people/avatar-picker.tsx';
import { partner, person } from '#web/people/people.ts';
import { Sure } from '#web/ui/confirm-button.tsx';
import { Dialog } from '#web/ui/dialog.tsx';
import { Field } from '#web/ui/field.tsx';
import { Switch } from '#web/ui/switch.tsx';
import { manages, useTalk } from './conversation-context.ts';
import { Members } from './members.tsx';

export type Attempt = (doing: Promise<Result<unknown>>) => Promise<boolean>;

/** What there is to know and to decide about a conversation. */
export function Details({ title, onClose }: { title: string; onClose: () => void }) {
  const { conversation, session } = useTalk();
  const { id, type, muted } = conversation;
  const other = type === 'direct' ? partner(conversation, session) : undefined;
  const [failure, setFailure] = useState('');
  const attempt: Attempt = async (doing) => {
    const result = await doing;
    setFailure('error' in result ? inWords(result.error) : '');
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
          {type === 'group' && <Group attempt={attempt} />}
          {other && <Other userId={other} attempt={attempt} />}
        </>
      )}
    </Dialog>
  );
}

function Other({ userId, attempt }: { userId: string; attempt: Attempt }) {
  const { session } = useTalk();
  const { api } = session.chat;
  const user = person(userId, session);
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

function Group({ attempt }: { attempt: Attempt }) {
  const { conversation, session } = useTalk();
  const { id, name, history } = conversation;
  const { api } = session.chat;
  function rename(event: SubmitEvent) {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    void attempt(api.updateConversation(id, { name: String(data.get('groupName')) }));
  }
  return (
    <>
      {manages(conversation, session) && (
        <>
          <Switch
            label="New members see everything"
            hint="Otherwise they see what comes after they joined."
            checked={history === 'all'}
            onChange={(all) => attempt(api.updateConversation(id, { history: all ? 'all' : 'joined' }))}
          />
          <AvatarChoice chat={session.chat} take={(avatarMediaId) => api.updateConversation(id, { avatarMediaId })} />
          <form onSubmit={rename} class="beside">
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
      <div class="doings">
        <Sure really="Really leave" onSure={() => void attempt(api.removeMember(id, session.user.id))}>
          Leave the group
        </Sure>
      </div>
    </>
  );
}

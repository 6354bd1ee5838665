import { useEffect, useState } from 'preact/hooks';
import type { Failure, Result } from '#client/index.ts';
import { limits } from '#protocol/limits.ts';
import type { Settings } from '#protocol/people.ts';
import { failureMessage } from '#web/app/failure-messages.ts';
import { deleteAccount, type Session, updateProfile } from '#web/app/session.ts';
import { AvatarPicker } from '#web/people/avatar-picker.tsx';
import { ConfirmButton } from '#web/ui/confirm-button.tsx';
import { Dialog } from '#web/ui/dialog.tsx';
import { Field } from '#web/ui/field.tsx';
import { Switch } from '#web/ui/switch.tsx';
import { downloadOwnData } from './export.ts';

/** A dialog with the person's profile, privacy settings and data. */
export function SettingsDialog({ session, onClose }: { session: Session; onClose: () => void }) {
  const [status, setStatus] = useState('');
  async function attempt(operation: Promise<Result<unknown>>, done = ''): Promise<void> {
    const result = await operation;
    setStatus('error' in result ? failureMessage(result.error) : done);
  }
  return (
    <Dialog title="Settings" onClose={onClose}>
      {() => (
        <>
          <p class="hint" role="status">
            {status}
          </p>
          <AvatarPicker chat={session.chat} onUpload={(avatarMediaId) => updateProfile(session, { avatarMediaId })} />
          <Profile session={session} onSave={(saving) => void attempt(saving, 'Saved.')} />
          <Privacy session={session} />
          <section>
            <h3>Your data</h3>
            <div class="actions">
              <button type="button" onClick={() => void attempt(downloadOwnData(session), 'Downloaded.')}>
                Download everything about me
              </button>
              <ConfirmButton
                confirmLabel="Delete it all, for ever"
                onConfirm={() => void attempt(deleteAccount(session))}
              >
                Delete my account
              </ConfirmButton>
            </div>
          </section>
        </>
      )}
    </Dialog>
  );
}

function Profile({ session, onSave }: { session: Session; onSave: (saving: Promise<Result<unknown>>) => void }) {
  const { displayName, bio } = session.user;
  function submit(event: SubmitEvent) {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    onSave(updateProfile(session, { displayName: String(data.get('displayName')), bio: String(data.get('bio')) }));
  }
  return (
    <form onSubmit={submit}>
      <Field
        name="displayName"
        label="Your name"
        required
        maxLength={limits.displayNameCharacters}
        autocomplete="name"
        defaultValue={displayName}
      />
      <div class="field">
        <label for="bio">About you</label>
        <textarea id="bio" name="bio" rows={2} maxLength={limits.bioCharacters} defaultValue={bio} />
      </div>
      <button type="submit" class="primary">
        Save
      </button>
    </form>
  );
}

function Privacy({ session: { chat } }: { session: Session }) {
  const [settings, setSettings] = useState<Settings>();
  const [failure, setFailure] = useState<Failure>();
  function take(result: Result<Settings>): void {
    if ('ok' in result) setSettings(result.ok);
    setFailure('error' in result ? result.error : undefined);
  }
  useEffect(() => void chat.api.settings().then(take), [chat]);
  const change = (change: Partial<Settings>) => chat.api.updateSettings(change).then(take);
  return (
    <section>
      <h3>Privacy</h3>
      <Switch
        label="Keep private what I have read"
        hint="Others see that a message has reached you, not that you read it."
        checked={settings?.privateRead ?? false}
        disabled={!settings}
        onChange={(privateRead) => change({ privateRead })}
      />
      <Switch
        label="Be invisible"
        hint="To others you are offline, and never typing."
        checked={settings?.invisible ?? false}
        disabled={!settings}
        onChange={(invisible) => change({ invisible })}
      />
      <Switch
        label="Show messages in notifications"
        hint="Otherwise they only say that there is one."
        checked={settings?.pushText ?? true}
        disabled={!settings}
        onChange={(pushText) => change({ pushText })}
      />
      <p class="failure" role="alert">
        {failure && failureMessage(failure)}
      </p>
    </section>
  );
}

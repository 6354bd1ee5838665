import { useState } from 'preact/hooks';
import type { Result } from '#client/index.ts';
import { limits } from '#protocol/limits.ts';
import { failureMessage } from '#web/app/failure-messages.ts';
import { AvatarPicker } from '#web/people/avatar-picker.tsx';
import { deleteAccount, type Session, updateProfile } from '#web/session/session.ts';
import { ConfirmButton } from '#web/ui/confirm-button.tsx';
import { Dialog } from '#web/ui/dialog.tsx';
import { Field } from '#web/ui/field.tsx';
import { downloadOwnData } from './export.ts';
import { PrivacySettings } from './privacy-settings.tsx';

/** A dialog with the person's profile, privacy settings and data. */
export function SettingsDialog({ session, onClose }: { session: Session; onClose: () => void }) {
  const [status, setStatus] = useState('');
  const [password, setPassword] = useState('');
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
          <PrivacySettings session={session} />
          <section>
            <h3>Your data</h3>
            <Field
              name="confirmation"
              label="Your password"
              hint="To download or delete what is yours, confirm that it is you."
              type="password"
              autocomplete="current-password"
              value={password}
              onInput={({ currentTarget }) => setPassword(currentTarget.value)}
            />
            <div class="actions">
              <button
                type="button"
                disabled={password === ''}
                onClick={() => void attempt(downloadOwnData(session, password), 'Downloaded.')}
              >
                Download everything about me
              </button>
              <ConfirmButton
                confirmLabel="Delete it all, for ever"
                disabled={password === ''}
                onConfirm={() => void attempt(deleteAccount(session, password))}
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

import { useState } from 'preact/hooks';
import type { Failure, Result } from '#client/index.ts';
import { limits } from '#protocol/limits.ts';
import { AccountSettings } from '#web/account/account-settings.tsx';
import { Logins } from '#web/account/logins.tsx';
import { formFailure } from '#web/app/field-failures.ts';
import { AvatarPicker } from '#web/people/avatar-picker.tsx';
import { type Session, updateProfile } from '#web/session/session.ts';
import { Dialog } from '#web/ui/dialog.tsx';
import { Field } from '#web/ui/field.tsx';
import { words } from '#web/words/settings.ts';
import { LanguageChoice } from './language-choice.tsx';
import { PrivacySettings } from './privacy-settings.tsx';
import { ThemeChoice } from './theme-choice.tsx';

/** A dialog with the person's profile, privacy settings, account and logins. */
export function SettingsDialog({ session, onClose }: { session: Session; onClose: () => void }) {
  const [status, setStatus] = useState('');
  const [attempts, setAttempts] = useState(0);
  async function attempt(operation: Promise<Result<unknown>>, done = ''): Promise<Failure | undefined> {
    const result = await operation;
    setStatus('error' in result ? formFailure(result.error) : done);
    setAttempts((before) => before + 1);
    return 'error' in result ? result.error : undefined;
  }
  return (
    <Dialog title={words.title} onClose={onClose}>
      {() => (
        <>
          <p class="hint" role="status">
            {status}
          </p>
          <AvatarPicker chat={session.chat} onUpload={(avatarMediaId) => updateProfile(session, { avatarMediaId })} />
          <Profile session={session} onSave={(saving) => void attempt(saving, words.saved)} />
          <LanguageChoice />
          <ThemeChoice />
          <PrivacySettings session={session} />
          <AccountSettings session={session} attempt={attempt} />
          {/* What is done here to the account ends logins and is listed there. */}
          <Logins key={attempts} session={session} />
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
        label={words.name}
        required
        maxLength={limits.displayNameCharacters}
        autocomplete="name"
        defaultValue={displayName}
      />
      <div class="field">
        <label for="bio">{words.about}</label>
        <textarea id="bio" name="bio" dir="auto" rows={2} maxLength={limits.bioCharacters} defaultValue={bio} />
      </div>
      <button type="submit" class="primary">
        {words.save}
      </button>
    </form>
  );
}

import { useEffect, useState } from 'preact/hooks';
import type { Failure, Result } from '#client/index.ts';
import { limits } from '#protocol/limits.ts';
import type { Settings as Choices } from '#protocol/people.ts';
import { inWords } from '#web/app/failure-messages.ts';
import { deleteAccount, type Session, updateProfile } from '#web/app/session.ts';
import { AvatarChoice } from '#web/people/avatar-picker.tsx';
import { Sure } from '#web/ui/confirm-button.tsx';
import { Dialog } from '#web/ui/dialog.tsx';
import { Field } from '#web/ui/field.tsx';
import { Switch } from '#web/ui/switch.tsx';
import { downloadOwnData } from './export.ts';

/** How one is seen, and what is kept about one. */
export function Settings({ session, onClose }: { session: Session; onClose: () => void }) {
  const [words, setWords] = useState('');
  async function attempt(doing: Promise<Result<unknown>>, done = ''): Promise<void> {
    const result = await doing;
    setWords('error' in result ? inWords(result.error) : done);
  }
  return (
    <Dialog title="Settings" onClose={onClose}>
      {() => (
        <>
          <p class="hint" role="status">
            {words}
          </p>
          <AvatarChoice chat={session.chat} take={(avatarMediaId) => updateProfile(session, { avatarMediaId })} />
          <Profile session={session} onSave={(saving) => void attempt(saving, 'Saved.')} />
          <Privacy session={session} />
          <section>
            <h3>Your data</h3>
            <div class="doings">
              <button type="button" onClick={() => void attempt(downloadOwnData(session), 'Downloaded.')}>
                Download everything about me
              </button>
              <Sure really="Delete it all, for ever" onSure={() => void attempt(deleteAccount(session))}>
                Delete my account
              </Sure>
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
  const [choices, setChoices] = useState<Choices>();
  const [failure, setFailure] = useState<Failure>();
  function take(result: Result<Choices>): void {
    if ('ok' in result) setChoices(result.ok);
    setFailure('error' in result ? result.error : undefined);
  }
  useEffect(() => void chat.api.settings().then(take), [chat]);
  const change = (choice: Partial<Choices>) => chat.api.updateSettings(choice).then(take);
  return (
    <section>
      <h3>Privacy</h3>
      <Switch
        label="Keep private what I have read"
        hint="Others see that a message has reached you, not that you read it."
        checked={choices?.privateRead ?? false}
        disabled={!choices}
        onChange={(privateRead) => change({ privateRead })}
      />
      <Switch
        label="Be invisible"
        hint="To others you are offline, and never typing."
        checked={choices?.invisible ?? false}
        disabled={!choices}
        onChange={(invisible) => change({ invisible })}
      />
      <Switch
        label="Show messages in notifications"
        hint="Otherwise they only say that there is one."
        checked={choices?.pushText ?? true}
        disabled={!choices}
        onChange={(pushText) => change({ pushText })}
      />
      <p class="failure" role="alert">
        {failure && inWords(failure)}
      </p>
    </section>
  );
}

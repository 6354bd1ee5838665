import { limits } from '#protocol/limits.ts';
import { ActionForm } from '#web/app/action-form.tsx';
import { Avatar } from '#web/people/avatar.tsx';
import { AvatarPicker } from '#web/people/avatar-picker.tsx';
import { NameField } from '#web/people/name-field.tsx';
import { type Session, updateProfile } from '#web/session/session.ts';
import { words } from '#web/words/settings.ts';

/** The person's picture, name and what they say about themselves. */
export function ProfileSettings({ session }: { session: Session }) {
  const { id, displayName, bio, avatarUrl } = session.user;
  return (
    <>
      <div class="own-picture">
        <Avatar id={id} name={displayName} url={avatarUrl} />
        <AvatarPicker chat={session.chat} onUpload={(avatarMediaId) => updateProfile(session, { avatarMediaId })} />
      </div>
      <ActionForm
        button={words.save}
        done={words.saved}
        onSubmit={(text) => updateProfile(session, { displayName: text('displayName'), bio: text('bio') })}
      >
        {(failure) => (
          <>
            <NameField
              name="displayName"
              label={words.name}
              maxLength={limits.displayNameCharacters}
              autocomplete="name"
              defaultValue={displayName}
              failure={failure}
            />
            <div class="field">
              <label for="bio">{words.about}</label>
              <textarea id="bio" name="bio" dir="auto" rows={2} maxLength={limits.bioCharacters} defaultValue={bio} />
            </div>
          </>
        )}
      </ActionForm>
    </>
  );
}

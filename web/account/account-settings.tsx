import { useState } from 'preact/hooks';
import type { Result } from '#client/index.ts';
import {
  changeEmail,
  changePassword,
  deleteAccount,
  hasMails,
  type Session,
  sendVerification,
} from '#web/session/session.ts';
import { downloadOwnData } from '#web/settings/export.ts';
import { ConfirmButton } from '#web/ui/confirm-button.tsx';
import { Field } from '#web/ui/field.tsx';
import { NewPasswordField } from './new-password-field.tsx';

interface AccountSettingsProps {
  readonly session: Session;
  /** Shows how an operation ended, with this text if it succeeded. */
  readonly attempt: (operation: Promise<Result<unknown>>, done?: string) => Promise<void>;
}

/** What opens the account and what leaves it. All of it takes the password once more. */
export function AccountSettings({ session, attempt }: AccountSettingsProps) {
  const { user } = session;
  const [password, setPassword] = useState('');
  const submit = (change: (form: FormData) => Promise<void>) => (event: SubmitEvent) => {
    event.preventDefault();
    void change(new FormData(event.currentTarget as HTMLFormElement));
  };
  return (
    <section>
      <h3>Account</h3>
      <p>
        {user.email} {user.emailVerified ? '(verified)' : '(not verified yet)'}
      </p>
      {!user.emailVerified && hasMails() && (
        <div class="actions">
          <button
            type="button"
            onClick={() => void attempt(sendVerification(), 'A mail is on its way. Follow its link.')}
          >
            Send the mail again that verifies it
          </button>
        </div>
      )}
      <Field
        name="confirmation"
        label="Your password"
        hint="For what follows, confirm that it is you."
        type="password"
        autocomplete="current-password"
        value={password}
        onInput={({ currentTarget }) => setPassword(currentTarget.value)}
      />
      <form
        class="inline-form"
        onSubmit={submit((form) =>
          attempt(
            changeEmail(session, password, String(form.get('email')).trim()),
            'A mail to the new address is on its way. It changes when you follow its link.',
          ),
        )}
      >
        <Field name="email" label="New e-mail address" type="email" autocomplete="email" required maxLength={254} />
        <button type="submit" disabled={password === ''}>
          Change
        </button>
      </form>
      <form
        class="inline-form"
        onSubmit={submit((form) =>
          attempt(
            changePassword(session, password, String(form.get('newPassword'))),
            'Your password is changed. Your other devices are signed out.',
          ),
        )}
      >
        <NewPasswordField label="New password" />
        <button type="submit" disabled={password === ''}>
          Change
        </button>
      </form>
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
  );
}

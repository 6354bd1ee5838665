import { useState } from 'preact/hooks';
import type { Failure, Result } from '#client/index.ts';
import { fieldFailure } from '#web/app/field-failures.ts';
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
import { words } from '#web/words/account.ts';
import { NewPasswordField } from './new-password-field.tsx';

interface AccountSettingsProps {
  readonly session: Session;
  /** Shows how an operation ended, with this text if it succeeded. Resolves with its failure, of which a field may be the cause. */
  readonly attempt: (operation: Promise<Result<unknown>>, done?: string) => Promise<Failure | undefined>;
}

/** What opens the account and what leaves it. All of it takes the password once more. */
export function AccountSettings({ session, ...props }: AccountSettingsProps) {
  const { user } = session;
  const [password, setPassword] = useState('');
  const [failure, setFailure] = useState<Failure>();
  async function attempt(operation: Promise<Result<unknown>>, done?: string): Promise<void> {
    setFailure(undefined);
    setFailure(await props.attempt(operation, done));
  }
  const submit = (change: (form: FormData) => Promise<void>) => (event: SubmitEvent) => {
    event.preventDefault();
    void change(new FormData(event.currentTarget as HTMLFormElement));
  };
  return (
    <section>
      <h3>{words.title}</h3>
      <p>
        {user.email} {user.emailVerified ? words.verified : words.notVerified}
      </p>
      {!user.emailVerified && hasMails() && (
        <div class="actions">
          <button type="button" onClick={() => void attempt(sendVerification(), words.mailSent)}>
            {words.sendAgain}
          </button>
        </div>
      )}
      <Field
        name="confirmation"
        label={words.yourPassword}
        hint={words.confirmHint}
        type="password"
        autocomplete="current-password"
        value={password}
        failure={fieldFailure(failure, 'password')}
        onInput={({ currentTarget }) => setPassword(currentTarget.value)}
      />
      <form
        class="inline-form"
        onSubmit={submit((form) =>
          attempt(changeEmail(session, password, String(form.get('email')).trim()), words.emailSent),
        )}
      >
        <Field name="email" label={words.newEmail} type="email" autocomplete="email" required maxLength={254} />
        <button type="submit" disabled={password === ''}>
          {words.change}
        </button>
      </form>
      <form
        class="inline-form"
        onSubmit={submit((form) =>
          attempt(changePassword(session, password, String(form.get('newPassword'))), words.passwordChanged),
        )}
      >
        <NewPasswordField label={words.newPassword} failure={fieldFailure(failure, 'new-password')} />
        <button type="submit" disabled={password === ''}>
          {words.change}
        </button>
      </form>
      <div class="actions">
        <button
          type="button"
          disabled={password === ''}
          onClick={() => void attempt(downloadOwnData(session, password), words.downloaded)}
        >
          {words.download}
        </button>
        <ConfirmButton
          confirmLabel={words.reallyRemove}
          disabled={password === ''}
          onConfirm={() => void attempt(deleteAccount(session, password))}
        >
          {words.remove}
        </ConfirmButton>
      </div>
    </section>
  );
}

import type { Result } from '#client/index.ts';
import { ActionForm } from '#web/app/action-form.tsx';
import { fieldFailure } from '#web/app/field-failures.ts';
import { hasMails, type Session } from '#web/session/session.ts';
import { Field } from '#web/ui/field.tsx';
import { words } from '#web/words/account.ts';
import { NewPasswordField } from './new-password-field.tsx';
import { confirmed, OwnPasswordField } from './own-password.tsx';
import { sendVerification } from './send-verification.ts';

interface AccountSettingsProps {
  readonly session: Session;
  /** Called after each attempt to change something. */
  readonly onAttempt: () => void;
}

/** The address of the account, and its password. */
export function AccountSettings({ session, onAttempt }: AccountSettingsProps) {
  const { user, chat } = session;
  async function attempt(operation: Promise<Result<unknown>>): Promise<Result<unknown>> {
    const result = await operation;
    onAttempt();
    return result;
  }
  return (
    <>
      <p>
        {user.email} {user.emailVerified ? words.verified : words.notVerified}
      </p>
      {!user.emailVerified && hasMails() && (
        <ActionForm button={words.sendMailAgain} done={words.mailSent} onSubmit={sendVerification}>
          {() => undefined}
        </ActionForm>
      )}
      <ActionForm
        title={words.changeEmail}
        button={words.change}
        done={words.emailSent}
        onSubmit={(text) =>
          attempt(confirmed(session, text('emailPassword'), () => chat.api.changeEmail(text('email').trim())))
        }
      >
        {(failure) => (
          <>
            <Field
              name="email"
              label={words.newEmail}
              type="email"
              autocomplete="email"
              required
              maxLength={254}
              failure={failure?.code === 'bad_request' ? words.noEmail : undefined}
            />
            <OwnPasswordField name="emailPassword" failure={failure} />
          </>
        )}
      </ActionForm>
      <ActionForm
        title={words.changePassword}
        button={words.change}
        done={words.passwordChanged}
        onSubmit={(text) =>
          attempt(confirmed(session, text('currentPassword'), () => chat.api.changePassword(text('newPassword'))))
        }
      >
        {(failure) => (
          <>
            <OwnPasswordField name="currentPassword" failure={failure} />
            <NewPasswordField label={words.newPassword} failure={fieldFailure(failure, 'new-password')} />
          </>
        )}
      </ActionForm>
    </>
  );
}

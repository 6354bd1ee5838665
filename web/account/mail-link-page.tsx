import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Failure } from '#client/index.ts';
import { failureMessage } from '#web/app/failure-messages.ts';
import { fieldFailure, formFailure } from '#web/app/field-failures.ts';
import { auth, phase } from '#web/session/session.ts';
import { Logo } from '#web/ui/more-icons.tsx';
import { words } from '#web/words/account.ts';
import { words as common } from '#web/words/ui.ts';
import { ForgotPassword } from './forgot-password.tsx';
import type { MailLink } from './mail-link.ts';
import { NewPasswordField } from './new-password-field.tsx';
import { sendVerification } from './send-verification.ts';
import '#web/styles/sign-in.css';
import '#web/styles/splash.css';

/** What a link in a mail leads to. */
export function MailLinkPage({ link }: { link: MailLink }) {
  return link.purpose === 'reset' ? <ResetPassword token={link.token} /> : <VerifyEmail token={link.token} />;
}

function ResetPassword({ token }: { token: string }) {
  const [failure, setFailure] = useState<Failure>();
  const [step, setStep] = useState<'asking' | 'saving' | 'done' | 'another'>('asking');
  async function submit(event: SubmitEvent) {
    event.preventDefault();
    setStep('saving');
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const result = await auth.resetPassword(token, String(data.get('newPassword')));
    setFailure('error' in result ? result.error : undefined);
    setStep('error' in result ? 'asking' : 'done');
  }
  if (step === 'another') return <ForgotPassword onBack={() => location.reload()} />;
  if (step === 'done') return <Outcome title={words.resetDone}>{words.resetDoneHint}</Outcome>;
  return (
    <main class="sign-in">
      <form onSubmit={submit}>
        <p class="brand">
          <Logo /> STORM
        </p>
        <h1>{words.chooseNew}</h1>
        <p class="failure" role="alert">
          {formFailure(failure)}
        </p>
        <NewPasswordField label={words.newPassword} failure={fieldFailure(failure, 'new-password')} />
        <button type="submit" class="primary" disabled={step === 'saving'}>
          {step === 'saving' ? words.moment : words.changePassword}
        </button>
        {failure?.code === 'invalid_token' && (
          <p class="other">
            <button type="button" class="link" onClick={() => setStep('another')}>
              {words.anotherLink}
            </button>
          </p>
        )}
      </form>
    </main>
  );
}

function VerifyEmail({ token }: { token: string }) {
  const [failure, setFailure] = useState<Failure | 'none'>();
  const verify = async () => {
    const result = await auth.verifyEmail(token);
    setFailure('error' in result ? result.error : 'none');
  };
  useEffect(() => void verify(), [token]);
  if (failure === undefined) return <main class="splash" aria-busy="true" aria-label={words.verifying} />;
  if (failure === 'none') return <Outcome title={words.verifyDone}>{words.thanks}</Outcome>;
  return (
    <Outcome title={words.verifyFailed}>
      {failureMessage(failure)}{' '}
      {failure.temporary && (
        <button type="button" class="link" onClick={() => void verify()}>
          {common.tryAgain}
        </button>
      )}
      {failure.code === 'invalid_token' && <AnotherMail />}
    </Outcome>
  );
}

/** Has the mail sent again whose link isn't valid any more, or says where. */
function AnotherMail() {
  const [status, setStatus] = useState('');
  const { value } = phase;
  const user = value.name === 'unverified' ? value.user : value.name === 'signed-in' ? value.session.user : undefined;
  if (!user) return words.logInForMail;
  if (user.emailVerified) return words.verifiedBefore;
  async function send() {
    const result = await sendVerification();
    setStatus('error' in result ? failureMessage(result.error) : words.mailSent);
  }
  if (status) return status;
  return (
    <button type="button" class="link" onClick={() => void send()}>
      {words.sendMailAgain}
    </button>
  );
}

function Outcome({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <main class="splash">
      <Logo />
      <h1>{title}</h1>
      <p role="status">{children}</p>
      <ContinueButton />
    </main>
  );
}

/** Begins the page anew, because the session may have ended, or the person's address may have changed. */
function ContinueButton() {
  return (
    <button type="button" class="primary" onClick={() => location.reload()}>
      {words.continue}
    </button>
  );
}

import { useState } from 'preact/hooks';
import type { Failure } from '#client/index.ts';
import { failureMessage } from '#web/app/failure-messages.ts';
import { forgotPassword } from '#web/session/session.ts';
import { Field } from '#web/ui/field.tsx';
import { Logo } from '#web/ui/icons.tsx';
import '#web/styles/sign-in.css';

/** The form in which a person who forgot the password asks for a link by mail. */
export function ForgotPassword({ onBack }: { onBack: () => void }) {
  const [failure, setFailure] = useState<Failure>();
  const [step, setStep] = useState<'asking' | 'sending' | 'sent'>('asking');
  async function submit(event: SubmitEvent) {
    event.preventDefault();
    setStep('sending');
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const result = await forgotPassword(String(data.get('email')).trim());
    setFailure('error' in result ? result.error : undefined);
    setStep('error' in result ? 'asking' : 'sent');
  }
  return (
    <main class="sign-in">
      <form onSubmit={submit}>
        <p class="brand">
          <Logo /> STORM
        </p>
        <h1>Forgot your password?</h1>
        <p class="lead" role="status">
          {step === 'sent'
            ? 'If an account has this address, a mail is on its way. Its link is good for 15 minutes.'
            : 'A link for a new one comes by mail.'}
        </p>
        <p class="failure" role="alert">
          {failure && failureMessage(failure)}
        </p>
        <Field name="email" label="E-mail" type="email" autocomplete="email" required maxLength={254} />
        <button type="submit" class="primary" disabled={step === 'sending'}>
          {step === 'asking' ? 'Send the link' : step === 'sending' ? 'One moment…' : 'Send it again'}
        </button>
        <p class="other">
          <button type="button" class="link" onClick={onBack}>
            Back to the login
          </button>
        </p>
      </form>
    </main>
  );
}

import { useState } from 'preact/hooks';
import type { Failure } from '#client/index.ts';
import { failureMessage } from '#web/app/failure-messages.ts';
import { auth } from '#web/session/session.ts';
import { Field } from '#web/ui/field.tsx';
import { Logo } from '#web/ui/more-icons.tsx';
import '#web/styles/sign-in.css';
import { words } from '#web/words/account.ts';

/** The form in which a person who forgot the password asks for a link by mail. */
export function ForgotPassword({ onBack }: { onBack: () => void }) {
  const [failure, setFailure] = useState<Failure>();
  const [step, setStep] = useState<'asking' | 'sending' | 'sent'>('asking');
  async function submit(event: SubmitEvent) {
    event.preventDefault();
    setStep('sending');
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const result = await auth.forgotPassword(String(data.get('email')).trim());
    setFailure('error' in result ? result.error : undefined);
    setStep('error' in result ? 'asking' : 'sent');
  }
  return (
    <main class="sign-in">
      <form onSubmit={submit}>
        <p class="brand">
          <Logo /> STORM
        </p>
        <h1>{words.forgot}</h1>
        <p class="lead" role="status">
          {step === 'sent' ? words.forgotSent : words.forgotLead}
        </p>
        <p class="failure" role="alert">
          {failure && failureMessage(failure)}
        </p>
        <Field
          name="email"
          label={words.email}
          type="email"
          autocomplete="email"
          required
          maxLength={254}
          failure={failure?.code === 'bad_request' ? words.noEmail : undefined}
        />
        <button type="submit" class="primary" disabled={step === 'sending'}>
          {step === 'asking' ? words.sendLink : step === 'sending' ? words.moment : words.sendLinkAgain}
        </button>
        <p class="other">
          <button type="button" class="link" onClick={onBack}>
            {words.back}
          </button>
        </p>
      </form>
    </main>
  );
}

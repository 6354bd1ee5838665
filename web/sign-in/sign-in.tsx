import { useEffect, useRef, useState } from 'preact/hooks';
import type { Failure } from '#client/index.ts';
import { ForgotPassword } from '#web/account/forgot-password.tsx';
import { NewPasswordField } from '#web/account/new-password-field.tsx';
import { PasswordField } from '#web/account/password-field.tsx';
import { fieldFailure, formFailure } from '#web/app/field-failures.ts';
import { hasMails, logIn, register } from '#web/session/session.ts';
import { Field } from '#web/ui/field.tsx';
import { Logo } from '#web/ui/more-icons.tsx';
import '#web/styles/sign-in.css';
import { words } from '#web/words/sign-in.ts';

/** The forms to log in and to register. `reason` tells why a session ended, if there was one. */
export function SignIn({ reason }: { reason?: Failure }) {
  const [isNew, setNew] = useState(false);
  const [forgot, setForgot] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState(reason);
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    if (isNew || !reason) form.current?.querySelector('input')?.focus();
  }, [isNew, reason]);

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const field = (name: string) => String(data.get(name) ?? '').trim();
    const password = String(data.get('password') ?? '');
    setBusy(true);
    setFailure(undefined);
    const failed = isNew
      ? await register({
          username: field('username').toLowerCase(),
          email: field('email'),
          password,
          ...(field('displayName') && { displayName: field('displayName') }),
        })
      : await logIn(field('login'), password);
    setBusy(false);
    setFailure(failed);
  }

  if (forgot) return <ForgotPassword onBack={() => setForgot(false)} />;
  return (
    <main class="sign-in">
      <form ref={form} onSubmit={submit} key={isNew ? 'register' : 'login'}>
        <p class="brand">
          <Logo /> STORM
        </p>
        <h1>{isNew ? words.createTitle : words.logIn}</h1>
        <p class="lead">{isNew ? words.createLead : words.logInLead}</p>
        <p class="failure" role="alert">
          {formFailure(failure)}
        </p>
        {isNew ? <RegisterFields failure={failure} /> : <LoginFields failure={failure} />}
        <button type="submit" class="primary" disabled={busy}>
          {busy ? words.moment : isNew ? words.create : words.logIn}
        </button>
        {!isNew && hasMails() && (
          <p class="other">
            <button type="button" class="link" onClick={() => setForgot(true)}>
              {words.forgot}
            </button>
          </p>
        )}
        <p class="other">
          {isNew ? words.haveAccount : words.newHere}{' '}
          <button
            type="button"
            class="link"
            onClick={() => {
              setNew(!isNew);
              setFailure(undefined);
            }}
          >
            {isNew ? words.logIn : words.createLink}
          </button>
        </p>
      </form>
    </main>
  );
}

interface FieldsProps {
  readonly failure: Failure | undefined;
}

function LoginFields({ failure }: FieldsProps) {
  return (
    <>
      <Field name="login" label={words.login} autocomplete="username" autocapitalize="none" required maxLength={254} />
      <PasswordField
        name="password"
        label={words.password}
        autocomplete="current-password"
        failure={fieldFailure(failure, 'password')}
      />
    </>
  );
}

function RegisterFields({ failure }: FieldsProps) {
  return (
    <>
      <Field name="displayName" label={words.name} autocomplete="name" hint={words.nameHint} required maxLength={64} />
      <Field
        name="username"
        label={words.username}
        autocomplete="username"
        autocapitalize="none"
        hint={words.usernameHint}
        failure={fieldFailure(failure, 'username')}
        required
        minLength={3}
        maxLength={32}
        pattern="[A-Za-z0-9_.\-]+"
      />
      <Field name="email" label={words.email} type="email" autocomplete="email" required maxLength={254} />
      <NewPasswordField name="password" label={words.password} failure={fieldFailure(failure, 'new-password')} />
    </>
  );
}

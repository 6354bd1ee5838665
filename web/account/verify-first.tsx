import { useState } from 'preact/hooks';
import type { User } from '#protocol/accounts.ts';
import { failureMessage } from '#web/app/failure-messages.ts';
import { logOutUnverified } from '#web/session/session.ts';
import { Logo } from '#web/ui/more-icons.tsx';
import { words } from '#web/words/account.ts';
import { sendVerification } from './send-verification.ts';
import '#web/styles/splash.css';

/** For a person who is signed in, on a server where nobody talks before their address is verified. */
export function VerifyFirst({ user }: { user: User }) {
  const [status, setStatus] = useState('');
  async function send() {
    const result = await sendVerification();
    setStatus('error' in result ? failureMessage(result.error) : words.onItsWay);
  }
  async function leave() {
    const failure = await logOutUnverified();
    if (failure) setStatus(failureMessage(failure));
  }
  return (
    <main class="splash">
      <Logo />
      <h1>{words.verifyFirst}</h1>
      <p>{words.followLink(user.email ?? '')}</p>
      <p role="status">{status}</p>
      <button type="button" class="primary" onClick={() => location.reload()}>
        {words.followed}
      </button>
      <button type="button" class="link" onClick={() => void send()}>
        {words.sendMailAgain}
      </button>
      <button type="button" class="link" onClick={() => void leave()}>
        {words.logOut}
      </button>
    </main>
  );
}

import { useState } from 'preact/hooks';
import type { User } from '#protocol/accounts.ts';
import { failureMessage } from '#web/app/failure-messages.ts';
import { logOutUnverified, sendVerification } from '#web/session/session.ts';
import { Logo } from '#web/ui/icons.tsx';

/** For a person who is signed in, on a server where nobody talks before their address is verified. */
export function VerifyFirst({ user }: { user: User }) {
  const [status, setStatus] = useState('');
  async function send() {
    const result = await sendVerification();
    setStatus('error' in result ? failureMessage(result.error) : 'A mail is on its way.');
  }
  async function leave() {
    const failure = await logOutUnverified();
    if (failure) setStatus(failureMessage(failure));
  }
  return (
    <main class="splash">
      <Logo />
      <h1>Verify your address</h1>
      <p>Follow the link in the mail to {user.email}, then come back here.</p>
      <p role="status">{status}</p>
      <button type="button" class="primary" onClick={() => location.reload()}>
        I have followed the link
      </button>
      <button type="button" class="link" onClick={() => void send()}>
        Send the mail again
      </button>
      <button type="button" class="link" onClick={() => void leave()}>
        Log out
      </button>
    </main>
  );
}

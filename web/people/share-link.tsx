import { useState } from 'preact/hooks';
import type { User } from '#protocol/accounts.ts';
import { words } from '#web/words/sharing.ts';
import { QrCode } from './qr-code.tsx';
import '#web/styles/sharing.css';

/** The person's own link, by which others find them: to copy, to share, and to hold before a camera. */
export function ShareLink({ user: { username, displayName } }: { user: User }) {
  const [status, setStatus] = useState('');
  const link = `${location.origin}${location.pathname}#/@${username}`;
  async function copy() {
    // A browser may deny it. The link is there to be marked, too.
    await navigator.clipboard.writeText(link).then(
      () => setStatus(words.copied),
      () => setStatus(words.copyByHand),
    );
  }
  return (
    <div class="share-link">
      <QrCode text={link} label={words.qrCode} />
      <p class="own-link">{link}</p>
      <div class="actions">
        <button type="button" onClick={() => void copy()}>
          {words.copy}
        </button>
        {'share' in navigator && (
          <button
            type="button"
            // Whoever closes the list of apps has changed their mind, which is an exception.
            onClick={() => void navigator.share({ title: displayName, url: link }).catch(() => undefined)}
          >
            {words.share}
          </button>
        )}
      </div>
      <p class="hint" role="status">
        {status}
      </p>
    </div>
  );
}

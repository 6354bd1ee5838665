import { signal } from '@preact/signals';

/** The link of a mail with which this page was opened. */
export interface MailLink {
  readonly purpose: 'reset' | 'verify';
  readonly token: string;
}

/** Takes the link out of the page's address, so that its token is neither in the history nor in a bookmark. */
function takeLink(): MailLink | undefined {
  const [, purpose, token] = /^#\/(reset|verify)\?token=([^&]+)$/.exec(location.hash) ?? [];
  if (token === undefined) return undefined;
  history.replaceState(null, '', location.pathname);
  return { purpose: purpose === 'reset' ? 'reset' : 'verify', token: decodeURIComponent(token) };
}

export const mailLink = signal(takeLink());

addEventListener('hashchange', () => {
  mailLink.value = takeLink() ?? mailLink.value;
});

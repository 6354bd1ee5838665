import { escapeHtml } from '../../console/escape-html.ts';
import { page } from '../../console/layout.ts';
import type { LocalPage } from '../../console/local-page.ts';
import { type Mail, newestMails } from './mails.ts';

/** Shows the mails that the stack has caught, newest first. */
export function mailPage(dataDir: string): LocalPage {
  const mails = () => newestMails(dataDir);
  return { path: '/_local/mails', html: () => html(mails()), json: () => ({ mails: mails() }) };
}

function html(mails: readonly Mail[]): string {
  const articles = mails.map(
    ({ from, to, subject, sentAt, text = '', html: markup = '' }) =>
      `<article><h2>${escapeHtml(subject)}</h2><p>${escapeHtml(sentAt)}, from ${escapeHtml(from)} to ${escapeHtml(to.join(', '))}</p><pre>${linked(text)}</pre><details><summary>HTML</summary><pre>${escapeHtml(markup)}</pre></details></article>`,
  );
  return page('Mails', `<p>The local stack sends no mails. It keeps them here.</p>${articles.join('')}`);
}

/** Escapes a text, and makes links of its addresses. */
function linked(text: string): string {
  return text
    .split(/(https?:\/\/[^\s<>"]+)/)
    .map((part, i) => (i % 2 ? `<a href="${escapeHtml(part)}">${escapeHtml(part)}</a>` : escapeHtml(part)))
    .join('');
}

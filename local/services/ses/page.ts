import type { RequestListener } from 'node:http';
import { isHiddenCall, refuse } from '../../access/foreign.ts';
import { escapeHtml } from '../../escape-html.ts';
import { type Mail, newestMails } from './mails.ts';

/** The path of the page with the mails. With `.json` it is a list that programs can read. */
export const mailPath = '/_local/mails';

/**
 * Shows the mails that the stack has caught, newest first. The page has no scripts, and loads nothing: mails are what anybody may
 * have caused.
 */
export function mailPage(dataDir: string): RequestListener {
  return (request, response) => {
    if (isHiddenCall(request.headers)) return refuse(request, response, 'Pages of other origins may not read mails.');
    const path = request.url?.split('?')[0];
    if (request.method !== 'GET' || (path !== mailPath && path !== `${mailPath}.json`)) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n');
      return;
    }
    const [type, body] =
      path === mailPath
        ? ['text/html; charset=utf-8', html(newestMails(dataDir))]
        : ['application/json', JSON.stringify({ mails: newestMails(dataDir) })];
    response
      .writeHead(200, {
        'content-type': type,
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        'cross-origin-resource-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      })
      .end(body);
  };
}

function html(mails: readonly Mail[]): string {
  const articles = mails.map(
    ({ from, to, subject, sentAt, text = '', html: markup = '' }) =>
      `<article><h2>${escapeHtml(subject)}</h2><p>${escapeHtml(sentAt)}, from ${escapeHtml(from)} to ${escapeHtml(to.join(', '))}</p><pre>${linked(text)}</pre><details><summary>HTML</summary><pre>${escapeHtml(markup)}</pre></details></article>`,
  );
  const style = 'body{font:1rem system-ui;max-width:50rem;margin:auto;padding:1rem}pre{white-space:pre-wrap}';
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mails</title><style>${style}</style></head><body><h1>Mails</h1><p>The local stack sends no mails. It keeps them here.</p>${articles.join('')}</body></html>`;
}

/** Escapes a text, and makes links of its addresses. */
function linked(text: string): string {
  return text
    .split(/(https?:\/\/[^\s<>"]+)/)
    .map((part, i) => (i % 2 ? `<a href="${escapeHtml(part)}">${escapeHtml(part)}</a>` : escapeHtml(part)))
    .join('');
}

import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

/**
 * The local stack serves pages over HTTP. WebKit keeps no `Secure` cookie from there, not even from `localhost`, and
 * prefixes such as `__Host-` demand that attribute. So WebKit gets such cookies without it and by another name, and the backend, which
 * knows nothing of this, gets them by their own.
 */
const prefix = 'local-';

/** Chrome and others name WebKit, too. */
function isWebKit({ 'user-agent': agent = '' }: IncomingHttpHeaders): boolean {
  return agent.includes('AppleWebKit/') && !/Chrom(e|ium)\//.test(agent);
}

/** Changes the cookies that an answer sets, for the browser that asked. */
export function setPlainCookies(request: IncomingHttpHeaders, answer: OutgoingHttpHeaders): void {
  const { 'set-cookie': cookies } = answer;
  if (!Array.isArray(cookies) || !isWebKit(request)) return;
  answer['set-cookie'] = cookies.map((cookie) =>
    /;\s*secure(?=;|$)/i.test(cookie) ? prefix + cookie.replace(/;\s*secure(?=;|$)/i, '') : cookie,
  );
}

/** Gives the cookies of a request their own names back. */
export function restoreCookies(headers: IncomingHttpHeaders): void {
  const { cookie } = headers;
  if (cookie !== undefined && isWebKit(headers))
    headers.cookie = cookie
      .split(/;\s*/)
      .map((pair) => (pair.startsWith(prefix) ? pair.slice(prefix.length) : pair))
      .join('; ');
}

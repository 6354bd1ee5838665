/**
 * The headers of every answer of the HTTP API. CloudFront adds the same to what passes it (lib/constructs/site.ts), but the API also
 * answers at its own address. An answer is data: no page may show, embed or run it, and no cache may keep it. `X-Frame-Options` isn't
 * needed beside `frame-ancestors`.
 */
export const securityHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
};

/**
 * Makes the browser of somebody who leaves forget what the page has kept there: drafts, unsent messages, its service worker. The cookie
 * goes by its own header, since `"cookies"` would take those of neighbouring domains, too. `"cache"` is left out: answers are `no-store`, and
 * Chromium takes seconds for it. ("Clear Site Data", W3C)
 */
export const clearSiteData: Readonly<Record<string, string>> = { 'clear-site-data': '"storage"' };

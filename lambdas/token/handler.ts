import { setting } from '#lambdas/kit/environment.ts';
import { httpHandler, open } from '#lambdas/kit/http.ts';
import { allowed } from './allowed.ts';

/** How long verifiers may cache the public keys. A new key is published at least one deployment before it signs tokens. */
const keysSeconds = 300;

export const handler = httpHandler(
  {
    'GET /.well-known/jwks.json': open({ allow: 'everyone' }, async () => ({
      ok: {
        body: JSON.parse(setting('JWKS')),
        headers: { 'cache-control': `public, max-age=${keysSeconds}` },
      },
    })),

    'GET /health': open({ allow: 'everyone' }, async () => ({
      ok: { body: { status: 'ok', version: setting('VERSION') } },
    })),
  },
  allowed,
);

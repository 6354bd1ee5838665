import { setting } from '#lambdas/kit/environment.ts';
import { authenticated, httpHandler, open } from '#lambdas/kit/http.ts';

/** How long verifiers may cache the public keys. A new key is published at least one deployment before it signs tokens. */
const keysSeconds = 300;

export const handler = httpHandler({
  'POST /auth/validate': authenticated({}, async ({ userId, expiresAt }) => ({
    ok: { body: { valid: true, userId, expiresAt: new Date(expiresAt).toISOString() } },
  })),

  'GET /.well-known/jwks.json': open({}, async () => ({
    ok: {
      body: JSON.parse(setting('JWKS')),
      headers: { 'cache-control': `public, max-age=${keysSeconds}` },
    },
  })),

  'GET /health': open({}, async () => ({ ok: { body: { status: 'ok', version: setting('VERSION') } } })),
});

import { addFunction, type Foundation } from '#lib/foundation.ts';
import type { Mails } from './mails.ts';

/** Registering, logging in and out, changing what opens an account, checking access tokens, and the public keys. */
export function addAccounts(foundation: Foundation, mails: Mails | undefined): void {
  const { settings, tables, auth, socket, http, mediaSite, site } = foundation;

  // argon2id uses a whole core.
  const accounts = addFunction(foundation, 'accounts', {
    memoryMiB: 1_769,
    reservedConcurrency: settings.accountsConcurrency,
  });
  tables.grantAccounts(accounts);
  http.route(
    accounts,
    'POST /auth/register',
    'POST /auth/login',
    'POST /auth/confirm',
    'POST /auth/password',
    'POST /auth/password/forgot',
    'POST /auth/password/reset',
    'POST /auth/email/verify',
  );

  // It hashes nothing, so those who guess passwords can't use up its concurrency.
  const security = addFunction(foundation, 'security', { memoryMiB: 512 });
  tables.grantSecurity(security);
  http.route(
    security,
    'POST /auth/refresh',
    'POST /auth/logout',
    'POST /auth/validate',
    'GET /auth/sessions',
    'DELETE /auth/sessions/{id}',
    'DELETE /auth/sessions',
    'GET /users/me/activity',
    'POST /auth/email/verification',
    'PUT /users/me/email',
  );

  for (const fn of [accounts, security]) {
    auth.grantIssue(fn, site.url);
    tables.grantCheckLogin(fn);
    socket.grantClose(fn);
    mediaSite.grantName(fn);
    mails?.grantSend(fn);
    fn.addEnvironment('ALLOWED_ORIGINS', site.url);
    fn.addEnvironment('VERIFIED_EMAIL', settings.verifiedEmail);
  }

  const token = addFunction(foundation, 'token', { memoryMiB: 512 });
  auth.grantVerify(token, site.url);
  http.route(token, 'GET /.well-known/jwks.json', 'GET /health');
  http.fallback(token);
}

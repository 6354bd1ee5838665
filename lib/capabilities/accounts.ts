import { addFunction, type Foundation } from '#lib/foundation.ts';

/** Registering, logging in and out, changing what opens an account, checking access tokens, and the public keys. */
export function addAccounts(foundation: Foundation): void {
  const { settings, tables, auth, socket, http, mediaSite, site } = foundation;

  // argon2id uses a whole core.
  const accounts = addFunction(foundation, 'accounts', {
    memoryMiB: 1_769,
    reservedConcurrency: settings.accountsConcurrency,
  });
  auth.grantIssue(accounts, site.url);
  tables.grantAccounts(accounts);
  tables.grantCheckLogin(accounts);
  socket.grantClose(accounts);
  mediaSite.grantName(accounts);
  accounts.addEnvironment('ALLOWED_ORIGINS', site.url);
  http.route(
    accounts,
    'POST /auth/register',
    'POST /auth/login',
    'POST /auth/refresh',
    'POST /auth/logout',
    'POST /auth/confirm',
    'POST /auth/password',
  );

  const security = addFunction(foundation, 'security', { memoryMiB: 512 });
  auth.grantVerify(security, site.url);
  tables.grantSecurity(security);
  tables.grantCheckLogin(security);
  socket.grantClose(security);
  http.route(
    security,
    'POST /auth/validate',
    'GET /auth/sessions',
    'DELETE /auth/sessions/{id}',
    'DELETE /auth/sessions',
    'GET /users/me/activity',
  );

  const token = addFunction(foundation, 'token', { memoryMiB: 512 });
  auth.grantVerify(token, site.url);
  http.route(token, 'GET /.well-known/jwks.json', 'GET /health');
  http.fallback(token);
}

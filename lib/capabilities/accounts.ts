import { addFunction, type Foundation } from '#lib/foundation.ts';

/** Registering, logging in and out, and checking access tokens. */
export function addAccounts(foundation: Foundation): void {
  const { settings, tables, auth, socket, http, mediaSite, site } = foundation;

  // argon2id uses a whole core.
  const accounts = addFunction(foundation, 'accounts', {
    memoryMiB: 1_769,
    reservedConcurrency: settings.accountsConcurrency,
  });
  auth.grantIssue(accounts, site.url);
  tables.grantAccounts(accounts);
  socket.grantClose(accounts);
  mediaSite.grantName(accounts);
  accounts.addEnvironment('ALLOWED_ORIGINS', site.url);
  http.route(accounts, 'POST /auth/register', 'POST /auth/login', 'POST /auth/refresh', 'POST /auth/logout');

  const token = addFunction(foundation, 'token', { memoryMiB: 512 });
  auth.grantVerify(token, site.url);
  http.route(token, 'POST /auth/validate', 'GET /.well-known/jwks.json', 'GET /health');
  http.fallback(token);
}

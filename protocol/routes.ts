/**
 * Every route of the HTTP API by its route key in API Gateway. `operations` describes them. They are listed here without their schemas
 * for a function that is to stay small.
 */
export const routes = [
  'POST /auth/register',
  'POST /auth/login',
  'POST /auth/refresh',
  'POST /auth/logout',
  'POST /auth/validate',
  'POST /auth/confirm',
  'POST /auth/password',
  'POST /auth/password/forgot',
  'POST /auth/password/reset',
  'POST /auth/email/verify',
  'POST /auth/email/verification',
  'GET /auth/sessions',
  'DELETE /auth/sessions/{id}',
  'DELETE /auth/sessions',
  'GET /.well-known/jwks.json',
  'GET /health',
  'GET /users',
  'GET /users/me',
  'GET /users/{id}',
  'PUT /users/{id}',
  'GET /users/{id}/presence',
  'DELETE /users/me',
  'GET /users/me/export',
  'PUT /users/me/email',
  'GET /users/me/activity',
  'GET /users/me/settings',
  'PATCH /users/me/settings',
  'GET /users/me/blocks',
  'PUT /users/me/blocks/{id}',
  'DELETE /users/me/blocks/{id}',
  'POST /conversations',
  'GET /conversations',
  'GET /conversations/{id}',
  'PATCH /conversations/{id}',
  'GET /conversations/{id}/members',
  'POST /conversations/{id}/members',
  'PATCH /conversations/{id}/members/{userId}',
  'DELETE /conversations/{id}/members/{userId}',
  'GET /invitations',
  'POST /invitations/{id}',
  'DELETE /invitations/{id}',
  'GET /conversations/{id}/messages',
  'GET /conversations/{id}/messages/{seq}/versions',
  'GET /conversations/{id}/receipts',
  'POST /sync',
  'GET /search',
  'GET /push/key',
  'POST /push/subscriptions',
  'DELETE /push/subscriptions/{id}',
  'POST /media/upload',
  'GET /media/{id}',
] as const;

/** Such as `POST /auth/login`. */
export type Route = (typeof routes)[number];

/**
 * The methods of a path, such as `/users/me`, or none if there is no such path. Each `GET` can be asked as `HEAD`. A fixed path takes
 * precedence over one with parameters, as in API Gateway.
 */
export function methodsOf(path: string): string[] {
  const keys = routes.map((route) => route.split(' ')).filter(([, template = '']) => matches(template, path));
  const fixed = keys.filter(([, template]) => template === path);
  const methods = (fixed.length > 0 ? fixed : keys).flatMap(([method = '']) =>
    method === 'GET' ? ['GET', 'HEAD'] : [method],
  );
  return methods.length > 0 ? [...methods, 'OPTIONS'] : [];
}

function matches(template: string, path: string): boolean {
  const parts = path.split('/');
  const expected = template.split('/');
  return (
    parts.length === expected.length &&
    expected.every((part, i) => part === parts[i] || (part.startsWith('{') && parts[i]))
  );
}

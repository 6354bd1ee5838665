import { httpHandler } from '#lambdas/kit/http.ts';
import { credentialRoutes } from './credentials.ts';
import { sessionRoutes } from './sessions.ts';

/**
 * What hashes a password, which takes a core for a while: registering, logging in, confirming, and changing the password. All else of
 * logins is in the function `security`.
 */
export const handler = httpHandler({ ...sessionRoutes, ...credentialRoutes });

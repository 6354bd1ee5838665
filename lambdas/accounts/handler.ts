import { httpHandler } from '#lambdas/kit/http.ts';
import { credentialRoutes } from './credentials.ts';
import { sessionRoutes } from './sessions.ts';

/** What needs the password or the tokens of an account: logging in and out, confirming, and changing the password. */
export const handler = httpHandler({ ...sessionRoutes, ...credentialRoutes });

import { setting } from './environment.ts';

/**
 * Replaces `@aws-sdk/credential-provider-node` in the bundles (lib/handlers.ts). A function's credentials are always in its
 * environment ("Working with Lambda environment variables"), so the code that looks for them elsewhere, 100 KB, is not needed.
 * Throws if they are missing.
 */
export function defaultProvider() {
  return async () => ({
    accessKeyId: setting('AWS_ACCESS_KEY_ID'),
    secretAccessKey: setting('AWS_SECRET_ACCESS_KEY'),
    sessionToken: process.env['AWS_SESSION_TOKEN'],
  });
}

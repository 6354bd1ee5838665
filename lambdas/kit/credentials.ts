import { setting } from './environment.ts';

/**
 * Takes the place of `@aws-sdk/credential-provider-node` in bundles (lib/bundle.ts): a function's credentials are always in
 * its environment ("Working with Lambda environment variables"), so the ways to find them elsewhere, 100 KB, stay out.
 */
export function defaultProvider() {
  return async () => ({
    accessKeyId: setting('AWS_ACCESS_KEY_ID'),
    secretAccessKey: setting('AWS_SECRET_ACCESS_KEY'),
    sessionToken: process.env['AWS_SESSION_TOKEN'],
  });
}

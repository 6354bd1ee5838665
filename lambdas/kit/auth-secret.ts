import { createAuthSecret } from '#adapters/secrets/auth.ts';
import { setting } from './environment.ts';

/** Reads the secret with the signing keys, the pepper and the edge proof. */
export const authSecret = createAuthSecret(setting('AUTH_SECRET_ARN'));

import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';

const PrivateKey = z.object({
  kty: z.string(),
  crv: z.string(),
  x: z.string(),
  y: z.string(),
  d: z.string(),
  kid: z.string(),
});

/** The part of the secret that accounts need; `lambdas/signing-keys` writes it. */
const AuthSecret = z.object({
  keys: z.object({ current: PrivateKey }),
  /** Base64url. */
  pepper: z.string(),
  /** What CloudFront sends to prove that a request came through it. */
  edge: z.string(),
});

export type AuthSecret = z.infer<typeof AuthSecret>;

/** Old enough to be read again, so that a rotated key is in use soon after. */
const freshMs = 5 * 60 * 1000;

/** A reader of the secret that keeps it for some minutes. */
export function createAuthSecret(arn: string, now: () => number = Date.now) {
  const client = new SecretsManagerClient({ maxAttempts: 4 });
  let kept: { readonly value: Promise<AuthSecret>; readonly until: number } | undefined;

  async function read(): Promise<AuthSecret> {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    return AuthSecret.parse(JSON.parse(SecretString ?? 'null'));
  }

  return (): Promise<AuthSecret> => {
    if (!kept || kept.until < now()) {
      const value = read();
      kept = { value, until: now() + freshMs };
      // A failure is for those who wait now; the next one asks again.
      value.catch(() => {
        kept = undefined;
      });
    }
    return kept.value;
  };
}

import * as z from 'zod/mini';
import { secretsManager } from './store.ts';

const PrivateKey = z.object({
  kty: z.string(),
  crv: z.string(),
  x: z.string(),
  y: z.string(),
  d: z.string(),
  kid: z.string(),
});

/** The part of the secret that accounts need. `lambdas/signing-keys` writes the secret. */
const AuthSecret = z.object({
  keys: z.object({ current: PrivateKey }),
  /** In base64url. */
  pepper: z.string(),
  /** What CloudFront sends in `x-storm-edge`, to prove that a request came through it. */
  edge: z.string(),
});

export type AuthSecret = z.infer<typeof AuthSecret>;

/** How long the secret is kept in memory. A rotated key is used at most this long after it was written. */
const freshMs = 5 * 60 * 1000;

/** Creates a reader of the secret with this ARN, which keeps the value for 5 minutes. */
export function createAuthSecret(arn: string, now: () => number = Date.now) {
  const secrets = secretsManager();
  let kept: { readonly value: Promise<AuthSecret>; readonly until: number } | undefined;

  async function read(): Promise<AuthSecret> {
    return AuthSecret.parse(JSON.parse((await secrets.read(arn)) ?? 'null'));
  }

  return (): Promise<AuthSecret> => {
    if (!kept || kept.until < now()) {
      const value = read();
      kept = { value, until: now() + freshMs };
      // A failure is thrown to those who wait for this read. The next caller reads again.
      value.catch(() => {
        kept = undefined;
      });
    }
    return kept.value;
  };
}

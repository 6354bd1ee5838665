import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** A reader of a secret's text that asks for it once. */
export function createSecretText(arn: string): () => Promise<string> {
  const client = new SecretsManagerClient({ maxAttempts: 4 });
  let kept: Promise<string> | undefined;

  async function read(): Promise<string> {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    if (SecretString === undefined) throw new Error(`${arn} has no text`);
    return SecretString;
  }

  return () => {
    kept ??= read().catch((error) => {
      // A failure is for those who wait now; the next one asks again.
      kept = undefined;
      throw error;
    });
    return kept;
  };
}

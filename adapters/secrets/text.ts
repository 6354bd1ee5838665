import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** Creates a reader of a secret's text, which is read once and then kept. */
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
      // A failure is thrown to those who wait for this read. The next caller reads again.
      kept = undefined;
      throw error;
    });
    return kept;
  };
}

import { AwsError } from '#adapters/aws/error.ts';
import { createJsonClient } from '#adapters/aws/json-client.ts';

/** Reads and writes the text of secrets. */
export interface SecretStore {
  /** The text of a secret, or undefined if it was never written or is empty. */
  read(arn: string): Promise<string | undefined>;
  /** Writes a new version. `writeId` identifies the write: repeating it changes nothing, but throws if the text differs. */
  write(arn: string, text: string, writeId: string): Promise<void>;
}

/** The store of AWS Secrets Manager. */
export function secretsManager(): SecretStore {
  const call = createJsonClient('secretsmanager');
  return {
    async read(SecretId) {
      try {
        const { SecretString }: { readonly SecretString?: string } = await call('GetSecretValue', { SecretId });
        return SecretString || undefined;
      } catch (error) {
        if (error instanceof AwsError && error.name === 'ResourceNotFoundException') return undefined;
        throw error;
      }
    },
    async write(SecretId, SecretString, ClientRequestToken) {
      await call('PutSecretValue', { SecretId, SecretString, ClientRequestToken });
    },
  };
}

import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';

/** Reads and writes the text of secrets. */
export interface SecretStore {
  /** The text of a secret, or undefined if it was never written or is empty. */
  read(arn: string): Promise<string | undefined>;
  /** Writes a new version. `writeId` identifies the write: repeating it changes nothing, but throws if the text differs. */
  write(arn: string, text: string, writeId: string): Promise<void>;
}

/** The store of AWS Secrets Manager. */
export function secretsManager(): SecretStore {
  const client = new SecretsManagerClient({});
  return {
    async read(arn) {
      try {
        return (await client.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString || undefined;
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    },
    async write(arn, text, writeId) {
      await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: text, ClientRequestToken: writeId }));
    },
  };
}

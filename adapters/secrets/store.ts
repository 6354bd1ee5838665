import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';

/** A secret's text; undefined until it is first written. */
export interface SecretStore {
  read(arn: string): Promise<string | undefined>;
  /** `writeId` marks one intended write: another text under the same id is refused. */
  write(arn: string, text: string, writeId: string): Promise<void>;
}

export function secretsManager(): SecretStore {
  const client = new SecretsManagerClient({});
  return {
    async read(arn) {
      try {
        return (await client.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString;
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

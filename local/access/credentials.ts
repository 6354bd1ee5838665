import { randomBytes } from 'node:crypto';

/** An access key of AWS: an id that everybody may see, and the secret that requests are signed with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What calls of local services are signed with: the stack's only access key, and its region. */
export interface Access {
  readonly credentials: Credentials;
  readonly region: string;
}

/** Makes the access key of a start. It looks like a temporary one of AWS: other servers of DynamoDB take letters and digits only. */
export function newCredentials(): Credentials {
  const accessKeyId = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`;
  return { accessKeyId, secretAccessKey: randomBytes(32).toString('hex') };
}

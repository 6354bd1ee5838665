import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import type { SecretStore } from '#adapters/secrets/store.ts';
import { AuthSecret, publicKeys, type Random, rotate } from '#core/signing-keys.ts';

/** CloudFormation hands every number over as a string. */
const Properties = z.object({ SecretArn: z.string(), Rotation: z.coerce.number().check(z.int()) });

type Request = Pick<CloudFormationCustomResourceEvent, 'RequestType' | 'RequestId' | 'ResourceProperties'>;

/** What the resource comes to: `Jwks`, the public keys as JSON. The secret outlives the resource. */
export async function fill(
  request: Request,
  store: SecretStore,
  random: Random,
): Promise<Readonly<Record<string, string>>> {
  if (request.RequestType === 'Delete') return {};
  const { SecretArn, Rotation } = Properties.parse(request.ResourceProperties);
  const text = await store.read(SecretArn);
  const secret = text === undefined ? undefined : parse(text);
  const rotated = rotate(secret, Rotation, random);
  if (rotated !== secret) await store.write(SecretArn, JSON.stringify(rotated), request.RequestId);
  return { Jwks: JSON.stringify(publicKeys(rotated)) };
}

/** Without the words of the parser, which would repeat the secret. */
function parse(text: string): AuthSecret {
  try {
    return AuthSecret.parse(JSON.parse(text));
  } catch {
    throw new Error('The secret is not one that signing-keys wrote; nothing was changed.');
  }
}

import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import type { SecretStore } from '#adapters/secrets/store.ts';

const Properties = z.object({ SecretArn: z.string() });

type Request = Pick<CloudFormationCustomResourceEvent, 'RequestType' | 'RequestId' | 'ResourceProperties'>;

/**
 * What the resource comes to: `PublicKey`, as CloudFront wants it ("Create key pairs for your signers": RSA with 2 048 bits). The
 * private one is made once, and the secret outlives the resource.
 */
export async function fill(request: Request, store: SecretStore): Promise<Readonly<Record<string, string>>> {
  if (request.RequestType === 'Delete') return {};
  const { SecretArn } = Properties.parse(request.ResourceProperties);
  const kept = await store.read(SecretArn);
  const privateKey = kept ?? newKey();
  if (kept === undefined) await store.write(SecretArn, privateKey, request.RequestId);
  return { PublicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString() };
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

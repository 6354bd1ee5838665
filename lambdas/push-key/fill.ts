import { createECDH } from 'node:crypto';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import { VapidKeys } from '#adapters/push/vapid.ts';
import type { SecretStore } from '#adapters/secrets/store.ts';

const Properties = z.object({ SecretArn: z.string() });

type Request = Pick<CloudFormationCustomResourceEvent, 'RequestType' | 'RequestId' | 'ResourceProperties'>;

/**
 * What the resource comes to: `PublicKey`. The pair is made once, and the secret outlives the resource: every subscription is bound
 * to the key that it was made for (RFC 8292, section 4.2).
 */
export async function fill(request: Request, store: SecretStore): Promise<Readonly<Record<string, string>>> {
  if (request.RequestType === 'Delete') return {};
  const { SecretArn } = Properties.parse(request.ResourceProperties);
  const text = await store.read(SecretArn);
  const keys = text === undefined ? newKeys() : VapidKeys.parse(JSON.parse(text));
  if (text === undefined) await store.write(SecretArn, JSON.stringify(keys), request.RequestId);
  return { PublicKey: keys.publicKey };
}

function newKeys(): VapidKeys {
  const pair = createECDH('prime256v1');
  const publicKey = pair.generateKeys('base64url');
  // 32 bytes, also where the number is smaller.
  const privateKey = Buffer.concat([Buffer.alloc(32), pair.getPrivateKey()])
    .subarray(-32)
    .toString('base64url');
  return { publicKey, privateKey };
}

import { createPublicKey, verify } from 'node:crypto';
import * as z from 'zod/mini';
import { parseProperties } from '../parse.ts';
import { type Properties, StackError } from '../types.ts';

/** The public keys by their ids, and the ids of each key group's keys by the id of the group. */
export interface TrustedKeys {
  readonly keys: Map<string, string>;
  readonly groups: Map<string, readonly string[]>;
}

const EncodedKey = z.string().check(z.startsWith('-----BEGIN PUBLIC KEY-----'));
const PublicKeyProperties = z.object({ PublicKeyConfig: z.object({ EncodedKey }) });

const KeyGroupProperties = z.object({ KeyGroupConfig: z.object({ Items: z.array(z.string()) }) });

export const encodedKey = (properties: Properties): string =>
  parseProperties(PublicKeyProperties, properties).PublicKeyConfig.EncodedKey;
export const keysOfGroup = (properties: Properties): readonly string[] =>
  parseProperties(KeyGroupProperties, properties).KeyGroupConfig.Items;

/** The `Code` in the 403 answer of CloudFront to a request that it refuses. */
export type Refusal = 'MissingKey' | 'AccessDenied';

/** The query parameters that carry a signature. They are not part of the signed URL. */
const ofSignature = new Set(['Expires', 'Signature', 'Key-Pair-Id', 'Policy', 'Hash-Algorithm']);

/**
 * Returns a check whether a URL has a valid signature of one of the groups' keys and has not expired ("Create a signed URL using a
 * canned policy", CloudFront). Custom policies and signed cookies are not supported. @throws StackError for an unknown group.
 */
export function signatureCheck(groups: readonly string[], trusted: TrustedKeys) {
  const keys = new Map(
    groups.flatMap((group) => {
      const ids = trusted.groups.get(group);
      if (!ids) throw new StackError(`There is no key group ${group}.`);
      return ids.map((id) => [id, createPublicKey(trusted.keys.get(id) ?? '')] as const);
    }),
  );

  return (url: URL, now: number): Refusal | undefined => {
    const [expires, signature, keyId] = ['Expires', 'Signature', 'Key-Pair-Id'].map((name) =>
      url.searchParams.get(name),
    );
    if (!expires || !signature || !keyId) return 'MissingKey';
    const key = keys.get(keyId);
    const signed = Buffer.from(cannedPolicy(url, expires));
    const isGood = key !== undefined && verify('sha1', signed, key, fromUrl(signature));
    return isGood && now < Number(expires) * 1000 ? undefined : 'AccessDenied';
  };
}

function cannedPolicy(url: URL, expires: string): string {
  const query = url.search.slice(1).split('&');
  const own = query.filter((pair) => pair && !ofSignature.has(pair.split('=')[0] ?? ''));
  const resource = url.origin + url.pathname + (own.length ? `?${own.join('&')}` : '');
  return `{"Statement":[{"Resource":"${resource}","Condition":{"DateLessThan":{"AWS:EpochTime":${expires}}}}]}`;
}

/** Decodes CloudFront's variant of base64 for URLs. */
function fromUrl(text: string): Buffer {
  return Buffer.from(text.replaceAll('-', '+').replaceAll('_', '=').replaceAll('~', '/'), 'base64');
}

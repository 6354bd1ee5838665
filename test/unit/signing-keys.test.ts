import fc from 'fast-check';
import { importJWK, jwtVerify, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import type { SecretStore } from '#adapters/secrets/store.ts';
import { AuthSecret, publicKeys, rotate } from '#core/signing-keys.ts';
import { fillSecret } from '#lambdas/kit/secret-generator.ts';
import { generateAuthSecret } from '#lambdas/signing-keys/generate.ts';
import { random } from '#lambdas/signing-keys/random.ts';

const kids = ({ keys: { previous, current, next } }: AuthSecret) => [previous?.kid, current.kid, next.kid];

describe('rotating', () => {
  const first = rotate(undefined, { rotation: 1, generation: '1' }, random);

  test('begins with two keys and secrets of 32 bytes', () => {
    const secret = AuthSecret.parse(first);
    expect(new Set(kids(secret))).toHaveLength(3);
    expect(secret.keys.previous).toBeUndefined();
    for (const text of [secret.pepper, secret.edge]) expect(Buffer.from(text, 'base64url')).toHaveLength(32);
    expect(secret.pepper).not.toBe(secret.edge);
  });

  test('moves every key on by one place and keeps the rest', () => {
    const second = rotate(first, { rotation: 2, generation: '1' }, random);
    expect(kids(second).slice(0, 2)).toEqual(kids(first).slice(1));
    expect(kids(first)).not.toContain(second.keys.next.kid);
    expect(second).toMatchObject({ rotation: 2, pepper: first.pepper, edge: first.edge });
  });

  test.for([1, 0, -3])('does nothing for number %i after 1', (rotation) => {
    expect(rotate(first, { rotation, generation: '1' }, random)).toBe(first);
  });

  test('never signs with a key that the key set before didn’t have, and a key stays for one rotation more', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 8 }), (rotations) => {
        let secret = first;
        for (const rotation of rotations) {
          const after = rotate(secret, { rotation, generation: '1' }, random);
          const published = (of: AuthSecret) => publicKeys(of).keys.map(({ kid }) => kid);
          expect(published(secret)).toContain(after.keys.current.kid);
          expect(published(after)).toContain(secret.keys.current.kid);
          secret = after;
        }
      }),
      { numRuns: 20 },
    );
  });

  test('publishes nothing private, and what verifies', async () => {
    const { keys } = publicKeys(rotate(first, { rotation: 2, generation: '1' }, random));
    for (const key of keys) expect(Object.keys(key).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    const token = await new SignJWT().setProtectedHeader({ alg: 'ES256' }).sign(await importJWK(first.keys.current));
    await jwtVerify(
      token,
      await importJWK(keys.find(({ kid }) => kid === first.keys.current.kid) ?? expect.unreachable()),
    );
  });
});

/** A store of secrets in memory. A secret is undefined at first, and a write id can only write one text. */
function memory(text?: string) {
  const writes = new Map<string, string>();
  const store: SecretStore = {
    read: async () => text,
    async write(_, next, writeId) {
      if (writes.has(writeId)) throw new Error('ResourceExistsException');
      writes.set(writeId, next);
      text = next;
    },
  };
  return { store, writes, stored: () => AuthSecret.parse(JSON.parse(text ?? '')) };
}

const request = (RequestType: 'Create' | 'Update' | 'Delete', Rotation: number, RequestId = 'one') => ({
  RequestType,
  RequestId,
  ResourceProperties: { ServiceToken: 'arn:signing-keys', SecretArn: 'arn:secret', Rotation: String(Rotation) },
});

const generate = generateAuthSecret(random);
const fill = (of: ReturnType<typeof request>, store: SecretStore) => fillSecret(of, store, generate);

describe('filling the secret', () => {
  test('writes it once, however often CloudFormation asks', async () => {
    const { store, writes, stored } = memory();
    const answers = [
      await fill(request('Create', 1), store),
      await fill(request('Create', 1), store),
      await fill(request('Create', 1, 'another stack event'), store),
    ];
    expect(writes).toHaveLength(1);
    expect(new Set(answers.map(({ Jwks }) => Jwks))).toEqual(new Set([JSON.stringify(publicKeys(stored()))]));
  });

  test('rotates once for a new number, and not back when a deploy is rolled back', async () => {
    const { store, stored } = memory();
    await fill(request('Create', 1, 'a'), store);
    await fill(request('Update', 2, 'b'), store);
    const after = stored();
    await fill(request('Update', 2, 'b'), store);
    await fill(request('Update', 1, 'c'), store);
    expect(stored()).toEqual(after);
  });

  test('never answers with keys that are not in the secret, also when a request comes twice at once', async () => {
    const { store, stored } = memory();
    const outcomes = await Promise.allSettled([1, 2].map(() => fill(request('Create', 1), store)));
    const answers = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value['Jwks']] : []));
    expect(answers).toEqual([JSON.stringify(publicKeys(stored()))]);
  });

  test('leaves the secret alone when the resource goes', async () => {
    const { store, writes } = memory();
    expect(await fill(request('Delete', 1), store)).toEqual({});
    expect(writes).toHaveLength(0);
  });

  test('refuses a secret that it didn’t write, without repeating it', async () => {
    const { store, writes } = memory('{"password": hunter2');
    const failure = await fill(request('Create', 1), store).catch(String);
    expect(failure).toMatch(/^Error: The secret/);
    expect(failure).not.toContain('hunter2');
    expect(writes).toHaveLength(0);
  });
});

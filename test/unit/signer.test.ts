import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Credentials, createSigner, escapeSegment } from '#adapters/sockets/signer.ts';

const endpoint = { host: 'abc123.execute-api.eu-west-1.amazonaws.com', region: 'eu-west-1' };

/** The headers of the SDK's signer for the same request. */
async function smithyHeaders(
  host: string,
  region: string,
  path: string,
  body: Uint8Array,
  credentials: Credentials,
  now: Date,
) {
  const signer = new SignatureV4({ credentials, region, service: 'execute-api', sha256: Sha256, applyChecksum: false });
  const signed = await signer.sign(
    {
      method: 'POST',
      protocol: 'https:',
      hostname: host,
      path,
      headers: { host, 'content-type': 'application/octet-stream', 'content-length': String(body.byteLength) },
      body,
    },
    { signingDate: now, unsignableHeaders: new Set(['content-length']) },
  );
  return signed.headers;
}

const toObject = (lines: string) =>
  Object.fromEntries(
    lines
      .split('\r\n')
      .filter(Boolean)
      .map((line) => line.split(/: (.*)/, 2)),
  );

const base64 = fc.base64String({ minLength: 1, maxLength: 24 });
const header = fc.string({ unit: fc.constantFrom(...'ABCabc019+/='), minLength: 16, maxLength: 64 });
const credentials: fc.Arbitrary<Credentials> = fc.record(
  { accessKeyId: header, secretAccessKey: header, sessionToken: header },
  { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
);
const now = fc.date({ min: new Date('2020-01-01'), max: new Date('2090-01-01'), noInvalidDate: true });

test('headers are the ones the SDK signs, whatever the id, body, date and credentials', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        base64,
        fc.string({ minLength: 1 }).filter((id) => id.isWellFormed() && id !== '.' && id !== '..'),
      ),
      fc.uint8Array({ maxLength: 200 }),
      credentials,
      now,
      fc.constantFrom(endpoint.host, '127.0.0.1:4510'),
      async (id, body, credentials, now, host) => {
        const path = `/ws/@connections/${escapeSegment(id)}`;
        const ours = createSigner({ host, region: endpoint.region })(body, credentials, now)(path);
        expect(toObject(ours)).toEqual(await smithyHeaders(host, endpoint.region, path, body, credentials, now));
      },
    ),
  );
});

test('one signer keeps to the SDK across midnight and across rotated credentials', async () => {
  const signPosts = createSigner(endpoint);
  const path = '/ws/@connections/L0SM9cOFIAMCIdw%3D';
  const body = Buffer.from('{"events":[]}');
  const old = { accessKeyId: 'AKIDOLD', secretAccessKey: 'old' };
  const fresh = { accessKeyId: 'AKIDNEW', secretAccessKey: 'new', sessionToken: 'token' };
  for (const [credentials, time] of [
    [old, '2026-12-31T23:59:59.999Z'],
    [old, '2027-01-01T00:00:00.000Z'],
    [fresh, '2027-01-01T00:00:01.000Z'],
    [old, '2026-12-31T23:59:59.000Z'],
  ] as const) {
    const now = new Date(time);
    expect(toObject(signPosts(body, credentials, now)(path))).toEqual(
      await smithyHeaders(endpoint.host, endpoint.region, path, body, credentials, now),
    );
  }
});

import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Credentials } from '#adapters/aws/environment.ts';
import { type Content, createSigner, escapeSegment } from '#adapters/aws/signer.ts';

const at = { host: 'abc123.execute-api.eu-west-1.amazonaws.com', region: 'eu-west-1', service: 'execute-api' };
const post = (body: Uint8Array): Content => ({
  method: 'POST',
  headers: { 'content-type': 'application/octet-stream' },
  body,
});

/** The headers of the SDK's signer for the same request. */
async function smithyHeaders(
  { host, region, service }: typeof at,
  path: string,
  { method, headers, body }: Content,
  credentials: Credentials,
  now: Date,
) {
  const s3 = service === 's3';
  const signer = new SignatureV4({
    credentials,
    region,
    service,
    sha256: Sha256,
    applyChecksum: s3,
    uriEscapePath: !s3,
  });
  const signed = await signer.sign(
    {
      method,
      protocol: 'https:',
      hostname: host,
      path,
      headers: { ...headers, host, 'content-length': String(body.byteLength) },
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

test('headers are the ones the SDK signs, whatever the service, path, headers, body, date and credentials', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        base64,
        fc.string({ minLength: 1 }).filter((id) => id.isWellFormed() && id !== '.' && id !== '..'),
      ),
      fc.uint8Array({ maxLength: 200 }),
      credentials,
      now,
      fc.constantFrom(at.host, '127.0.0.1:4510'),
      fc.constantFrom('execute-api', 'dynamodb', 's3'),
      fc.constantFrom('POST', 'PUT', 'DELETE'),
      fc.dictionary(fc.constantFrom('content-type', 'x-amz-target', 'x-amz-checksum-sha256', 'a-header'), header),
      async (id, body, credentials, now, host, service, method, headers) => {
        const path = `/ws/@connections/${escapeSegment(id)}`;
        const [to, content] = [
          { ...at, host, service },
          { method, headers, body },
        ];
        const ours = createSigner(to)(content, credentials, now)(path);
        expect(toObject(ours)).toEqual(await smithyHeaders(to, path, content, credentials, now));
      },
    ),
  );
});

test('one signer keeps to the SDK across midnight and across rotated credentials', async () => {
  const sign = createSigner(at);
  const path = '/ws/@connections/L0SM9cOFIAMCIdw%3D';
  const content = post(Buffer.from('{"events":[]}'));
  const old = { accessKeyId: 'AKIDOLD', secretAccessKey: 'old' };
  const fresh = { accessKeyId: 'AKIDNEW', secretAccessKey: 'new', sessionToken: 'token' };
  for (const [credentials, time] of [
    [old, '2026-12-31T23:59:59.999Z'],
    [old, '2027-01-01T00:00:00.000Z'],
    [fresh, '2027-01-01T00:00:01.000Z'],
    [old, '2026-12-31T23:59:59.000Z'],
  ] as const) {
    const now = new Date(time);
    expect(toObject(sign(content, credentials, now)(path))).toEqual(
      await smithyHeaders(at, path, content, credentials, now),
    );
  }
});

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { credentials } from '../../credentials.ts';
import { S3Error } from './error.ts';
import type { S3Request } from './request.ts';

const algorithm = 'AWS4-HMAC-SHA256';
const skewMs = 15 * 60_000;

interface Signed {
  /** `accessKey/date/region/s3/aws4_request`. */
  readonly credential: string;
  readonly date: string;
  readonly headers: readonly string[];
  readonly signature: string;
  readonly payload: string;
}

/**
 * Verifies the signature of a request, in its headers or its query ("Authenticating Requests (AWS Signature Version 4)" in the Amazon
 * S3 API reference). It must not be expired, and must cover every `x-amz-` header. Returns the signed payload hash: a SHA-256,
 * `UNSIGNED-PAYLOAD`, or the kind of streaming. Throws `S3Error`.
 */
export function verifySignature(request: S3Request, region: string, now: number): string {
  const signed = request.query.has('X-Amz-Signature') ? presigned(request, now) : signedByHeader(request, now);
  const [accessKey, day = '', scopeRegion = '', service = '', end = ''] = signed.credential.split('/');
  if (accessKey !== credentials.accessKeyId)
    throw new S3Error('InvalidAccessKeyId', 'The AWS access key Id you provided does not exist in our records.');
  if (scopeRegion !== region || service !== 's3' || end !== 'aws4_request' || !signed.date.startsWith(day))
    throw new S3Error('AuthorizationHeaderMalformed', `The credential must be for ${region}/s3/aws4_request.`);
  for (const name of Object.keys(request.headers))
    if (name.startsWith('x-amz-') && !signed.headers.includes(name))
      throw new S3Error('AccessDenied', `There were headers present in the request which were not signed: ${name}`);

  const scope = [day, scopeRegion, service, end].join('/');
  const canonical = createHash('sha256').update(canonicalRequest(request, signed)).digest('hex');
  const key = [day, scopeRegion, service, end].reduce(hmac, Buffer.from(`AWS4${credentials.secretAccessKey}`));
  const expected = hmac(key, [algorithm, signed.date, scope, canonical].join('\n')).toString('hex');
  if (!equal(expected, signed.signature))
    throw new S3Error(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided.',
    );
  return signed.payload;
}

function presigned({ query }: S3Request, now: number): Signed {
  const parameter = (name: string) => query.get(`X-Amz-${name}`) ?? '';
  const date = parameter('Date');
  if (!(now <= parseDate(date) + 1000 * Number(parameter('Expires'))))
    throw new S3Error('AccessDenied', 'Request has expired');
  return {
    credential: parameter('Credential'),
    date,
    headers: parameter('SignedHeaders').split(';'),
    signature: parameter('Signature'),
    payload: parameter('Content-Sha256') || 'UNSIGNED-PAYLOAD',
  };
}

function signedByHeader({ headers }: S3Request, now: number): Signed {
  const part = (name: string) => new RegExp(`\\b${name}=([^,\\s]+)`).exec(headers.authorization ?? '')?.[1] ?? '';
  const date = String(headers['x-amz-date'] ?? '');
  if (!headers.authorization?.startsWith(algorithm)) throw new S3Error('AccessDenied', 'Access Denied');
  if (!(Math.abs(now - parseDate(date)) <= skewMs))
    throw new S3Error(
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
    );
  return {
    credential: part('Credential'),
    date,
    headers: part('SignedHeaders').split(';'),
    signature: part('Signature'),
    payload: String(headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD'),
  };
}

/** Parses a time such as `20261122T183000Z` to milliseconds since 1970. Returns NaN for any other text. */
function parseDate(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5'));
}

function canonicalRequest(request: S3Request, { headers, payload }: Signed): string {
  const query = [...request.query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
    .map((pair) => pair.join('='));
  const lines = headers.map(
    (name) =>
      `${name}:${String(request.headers[name] ?? '')
        .trim()
        .replace(/ +/g, ' ')}\n`,
  );
  const path = request.path.split('/').map((segment) => encode(decodeURIComponent(segment)));
  return [request.method, path.join('/'), query.join('&'), lines.join(''), headers.join(';'), payload].join('\n');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : 1;
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function equal(expected: string, given: string): boolean {
  return expected.length === given.length && timingSafeEqual(Buffer.from(expected), Buffer.from(given));
}

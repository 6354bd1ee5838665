import { createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { decoded } from '../parse.ts';
import type { Access } from './credentials.ts';

const algorithm = 'AWS4-HMAC-SHA256';
const skewMs = 15 * 60_000;
/** Seven days, the longest life of a presigned request ("Authenticating Requests: Using Query Parameters"). */
const longestSeconds = 604_800;

export interface SignableRequest {
  readonly method: string;
  /** The path as it is sent: neither decoded nor normalised. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** Why a signature isn't accepted. */
export type SignatureFault = NonNullable<ReturnType<typeof signatureFault>>;
type Signed = ReturnType<typeof signedByQuery>;

/**
 * Verifies the Signature Version 4 of a request, in its headers or its query ("Create a signed AWS API request" in the IAM user
 * guide). It must be of the stack's access key for this region and service (`s3`), not expired, and cover every `x-amz-` header.
 * `payload` is what it says of the body: its SHA-256, `UNSIGNED-PAYLOAD`, or the kind of streaming. Returns nothing where it is right.
 */
export function signatureFault(
  request: SignableRequest,
  { credentials, region }: Access,
  service: string,
  payload: string,
  now: number,
) {
  const isPresigned = request.query.has('X-Amz-Signature');
  if (!isPresigned && !request.headers.authorization?.startsWith(algorithm)) return 'missing';
  const signed = isPresigned ? signedByQuery(request) : signedByHeader(request);
  const [accessKey, day = '', ...scope] = signed.credential.split('/');
  if (accessKey !== credentials.accessKeyId) return 'unknown key';
  if (scope.join('/') !== `${region}/${service}/aws4_request` || !signed.date.startsWith(day)) return 'wrong scope';
  if (isPresigned) {
    const seconds = Number(request.query.get('X-Amz-Expires') ?? Number.NaN);
    if (!(Number.isInteger(seconds) && seconds >= 1 && seconds <= longestSeconds)) return 'wrong lifetime';
    if (!(parseDate(signed.date) <= now + skewMs)) return 'not yet valid';
    if (now > parseDate(signed.date) + 1000 * seconds) return 'expired';
  }
  if (!isPresigned && !(Math.abs(now - parseDate(signed.date)) <= skewMs)) return 'wrong time';
  for (const name of Object.keys(request.headers))
    if (name.startsWith('x-amz-') && !signed.headers.includes(name)) return 'unsigned header';
  const expected = signatureOf(request, signed, { credentials, region }, service, payload);
  return equal(expected, signed.signature) ? undefined : 'mismatch';
}

/** Returns the headers of a request with those of its signature. They need `host`, and for S3 `x-amz-content-sha256`. */
export function sign(request: SignableRequest, access: Access, service: string, payload: string, now: number) {
  const date = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const headers: IncomingHttpHeaders = { ...request.headers, 'x-amz-date': date };
  const names = Object.keys(headers).sort();
  const { region, credentials } = access;
  const credential = `${credentials.accessKeyId}/${date.slice(0, 8)}/${region}/${service}/aws4_request`;
  const signed = { credential, date, headers: names, signature: '' };
  const signature = signatureOf({ ...request, headers }, signed, access, service, payload);
  const authorization = `${algorithm} Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { ...headers, authorization };
}

/** What a signature says of itself. The credential is `accessKey/date/region/service/aws4_request`. */
function signedByQuery({ query }: SignableRequest) {
  const parameter = (name: string) => query.get(`X-Amz-${name}`) ?? '';
  const headers = parameter('SignedHeaders').split(';');
  return { credential: parameter('Credential'), date: parameter('Date'), headers, signature: parameter('Signature') };
}

const parts = {
  credential: /\bCredential=([^,\s]+)/,
  headers: /\bSignedHeaders=([^,\s]+)/,
  signature: /\bSignature=([^,\s]+)/,
};

function signedByHeader({ headers }: SignableRequest): Signed {
  const part = (pattern: RegExp) => pattern.exec(headers.authorization ?? '')?.[1] ?? '';
  const [date, names] = [String(headers['x-amz-date'] ?? ''), part(parts.headers).split(';')];
  return { credential: part(parts.credential), date, headers: names, signature: part(parts.signature) };
}

/** Parses a time such as `20261122T183000Z` to milliseconds since 1970. Returns NaN for any other text. */
function parseDate(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5'));
}

function signatureOf(request: SignableRequest, signed: Signed, access: Access, service: string, payload: string) {
  const { credentials, region } = access;
  const day = signed.date.slice(0, 8);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const canonical = hash('sha256', canonicalRequest(request, signed.headers, service, payload));
  const key = signingKey(credentials.secretAccessKey, scope);
  return hmac(key, `${algorithm}\n${signed.date}\n${scope}\n${canonical}`).toString('hex');
}

const signingKeys = new Map<string, KeyObject>();

/** A key is of a day, and every call of every function needs one, so the newest are kept. */
function signingKey(secret: string, scope: string): KeyObject {
  const of = `${secret}/${scope}`;
  const known = signingKeys.get(of);
  if (known) return known;
  if (signingKeys.size > 100) signingKeys.clear();
  const key = createSecretKey(scope.split('/').reduce(hmac, Buffer.from(`AWS4${secret}`)));
  signingKeys.set(of, key);
  return key;
}

function canonicalRequest(request: SignableRequest, signed: readonly string[], service: string, payload: string) {
  const query = [...request.query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
    .map((pair) => pair.join('='));
  const valueNamed = (name: string) =>
    String(request.headers[name] ?? '')
      .trim()
      .replace(/ +/g, ' ');
  const lines = signed.map((name) => `${name}:${valueNamed(name)}\n`);
  // Of all services S3 alone has the path encoded as it is sent. For the others it is encoded once more.
  const path = request.path
    .split('/')
    .map((segment) => encode(service === 's3' ? decoded(segment) : segment))
    .join('/');
  return [request.method, path, query.join('&'), lines.join(''), signed.join(';'), payload].join('\n');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : 1;
}

function encode(text: string): string {
  const hex = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, hex);
}

function hmac(key: Buffer | KeyObject, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function equal(expected: string, given: string): boolean {
  return expected.length === given.length && timingSafeEqual(Buffer.from(expected), Buffer.from(given));
}

import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import type { Credentials } from './environment.ts';

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** What is sent to a path. The names of headers are in lower case. */
export interface Content {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/**
 * Signs requests to a service with Signature Version 4 ("Create a signed AWS API request"). What many requests share is computed
 * once: the signing key per day and credentials, and the body's hash and the headers per call of `sign`. A request then costs two
 * digests: one SHA-256 and one HMAC. `host` includes the port if it isn't the default one.
 */
export function createSigner({ host, region, service }: { host: string; region: string; service: string }) {
  let cached: { of: string; key: KeyObject } | undefined;

  /** The key is a `KeyObject`, because preparing the key of an HMAC from bytes takes several times as long as the HMAC. */
  function signingKey(secret: string, day: string): KeyObject {
    const of = `${day} ${secret}`;
    if (cached?.of !== of) {
      const bytes = [day, region, service, 'aws4_request'].reduce<Uint8Array>(hmac, Buffer.from(`AWS4${secret}`));
      cached = { of, key: createSecretKey(bytes) };
    }
    return cached.key;
  }

  /**
   * Prepares requests with the same content. The signatures are valid for 5 minutes from `now`. The function that it returns gives
   * the header lines for a path, which is percent-encoded as in the request and has no query.
   */
  return function sign({ method, headers, body }: Content, credentials: Credentials, now: Date) {
    const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
    const day = time.slice(0, 8);
    const scope = `${day}/${region}/${service}/aws4_request`;
    const bodyHash = hash('sha256', body);
    const signed = Object.entries({
      ...headers,
      host,
      'x-amz-date': time,
      ...(credentials.sessionToken && { 'x-amz-security-token': credentials.sessionToken }),
      ...(service === 's3' && { 'x-amz-content-sha256': bodyHash }),
    }).sort(([a], [b]) => (a < b ? -1 : 1));
    const names = signed.map(([name]) => name).join(';');
    const afterPath = `\n\n${signed.map(([name, value]) => `${name}:${value}\n`).join('')}\n${names}\n${bodyHash}`;
    const beforeHash = `${ALGORITHM}\n${time}\n${scope}\n`;
    const beforeSignature = `${ALGORITHM} Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=`;
    const lines = [...signed, ['content-length', body.byteLength]]
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('');
    const key = signingKey(credentials.secretAccessKey, day);

    return (path: string): string => {
      const canonical = service === 's3' ? path : path.split('/').map(escapeSegment).join('/');
      const requestHash = hash('sha256', `${method}\n${canonical}${afterPath}`);
      const signature = hmac(key, beforeHash + requestHash).toString('hex');
      return `${lines}authorization: ${beforeSignature}${signature}\r\n`;
    };
  };
}

/**
 * Percent-encodes all but the unreserved characters of RFC 3986, as the SDK does. `encodeURIComponent` leaves `!'()*` as they
 * are. The path of a signature is encoded once more than that of the request, for all services but S3.
 */
export function escapeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function hmac(key: Uint8Array | KeyObject, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

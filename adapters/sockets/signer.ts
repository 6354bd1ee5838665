import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';

const ALGORITHM = 'AWS4-HMAC-SHA256';
const SERVICE = 'execute-api';
const CONTENT_TYPE = 'application/octet-stream';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Signs POST requests to API Gateway with Signature Version 4 ("Create a signed AWS API request"). What many requests share is
 * computed once: the signing key per day and credentials, and the body's hash and the headers per call of `signPosts`. A request
 * then costs two digests: one SHA-256 and one HMAC. `host` includes the port if it isn't the default one.
 */
export function createSigner({ host, region }: { host: string; region: string }) {
  let cached: { of: string; key: KeyObject } | undefined;

  /** The key is a `KeyObject`, because preparing the key of an HMAC from bytes takes several times as long as the HMAC. */
  function signingKey(secret: string, day: string): KeyObject {
    const of = `${day} ${secret}`;
    if (cached?.of !== of) {
      const bytes = [day, region, SERVICE, 'aws4_request'].reduce<Uint8Array>(hmac, Buffer.from(`AWS4${secret}`));
      cached = { of, key: createSecretKey(bytes) };
    }
    return cached.key;
  }

  /**
   * Prepares posts of one body. The signatures are valid for 5 minutes from `now`. The function that it returns gives the header
   * lines for a path, which is percent-encoded as in the request and has no query.
   */
  return function signPosts(body: Uint8Array, credentials: Credentials, now: Date): (path: string) => string {
    const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
    const day = time.slice(0, 8);
    const scope = `${day}/${region}/${SERVICE}/aws4_request`;
    const signed = [
      ['content-type', CONTENT_TYPE],
      ['host', host],
      ['x-amz-date', time],
      ...(credentials.sessionToken ? [['x-amz-security-token', credentials.sessionToken] as const] : []),
    ] as const;
    const names = signed.map(([name]) => name).join(';');
    const afterPath = `\n\n${signed.map(([name, value]) => `${name}:${value}\n`).join('')}\n${names}\n${hash('sha256', body)}`;
    const beforeHash = `${ALGORITHM}\n${time}\n${scope}\n`;
    const beforeSignature = `${ALGORITHM} Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=`;
    const lines = [...signed, ['content-length', body.byteLength]]
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('');
    const key = signingKey(credentials.secretAccessKey, day);

    return (path) => {
      const requestHash = hash('sha256', `POST\n${canonicalPath(path)}${afterPath}`);
      const signature = hmac(key, beforeHash + requestHash).toString('hex');
      return `${lines}authorization: ${beforeSignature}${signature}\r\n`;
    };
  };
}

/**
 * Percent-encodes all but the unreserved characters of RFC 3986, as the SDK does. `encodeURIComponent` leaves `!'()*` as they
 * are.
 */
export function escapeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The path for the signature. For all services but S3 it is encoded once more than in the request. */
function canonicalPath(path: string): string {
  return path.split('/').map(escapeSegment).join('/');
}

function hmac(key: Uint8Array | KeyObject, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

import type { IncomingMessage } from 'node:http';
import { splitOnce } from '../../parse.ts';

export type S3Request = ReturnType<typeof parseRequest>;

/**
 * Reads a request in path style, `/bucket/key?query`, as SDK clients make it for every endpoint whose host is an IP address; or with the
 * bucket in the host, as they make it for AWS.
 */
export function parseRequest(request: IncomingMessage) {
  const { method = 'GET', url = '/', headers, rawHeaders } = request;
  const [path, query = ''] = splitOnce(url, '?');
  const ofHost = /^(.+)\.s3[.-][\w.-]*amazonaws\.com$/.exec(headers.host ?? '')?.[1];
  const [bucket, key = ''] = ofHost ? [ofHost, path.slice(1)] : splitOnce(path.slice(1), '/');
  return {
    method,
    /** As it was sent: neither decoded nor normalised, because a key may contain `..`. */
    path,
    bucket: decodeURIComponent(bucket),
    /** Empty for a request about the bucket. */
    key: decodeURIComponent(key),
    query: new URLSearchParams(query),
    headers,
    /** The bytes of the request line and all headers. */
    headSize: Buffer.byteLength([method, url, ...rawHeaders].join('  ')),
    body: request,
  };
}

/** Returns the value of a header. Presigned requests may have it in the query instead. */
export function header({ headers, query }: S3Request, name: string): string | undefined {
  return headers[name]?.toString() ?? query.get(name) ?? undefined;
}

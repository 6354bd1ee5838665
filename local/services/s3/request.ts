import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { splitOnce } from '../../parse.ts';

/**
 * A request in path style, `/bucket/key?query`, as SDK clients make it for every endpoint whose host is an IP address; or with the bucket in
 * the host, as they make it for AWS.
 */
export interface S3Request {
  readonly method: string;
  /** The path as it was sent: neither decoded nor normalised, because a key may contain `..`. */
  readonly path: string;
  readonly bucket: string;
  /** The key of the object. It is empty for a request about the bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The bytes of the request line and all headers. */
  readonly headSize: number;
  readonly body: AsyncIterable<Buffer>;
}

export function parseRequest(request: IncomingMessage): S3Request {
  const [path, query = ''] = splitOnce(request.url ?? '/', '?');
  const ofHost = /^(.+)\.s3[.-][\w.-]*amazonaws\.com$/.exec(request.headers.host ?? '')?.[1];
  const [bucket, key = ''] = ofHost ? [ofHost, path.slice(1)] : splitOnce(path.slice(1), '/');
  const { method = 'GET', headers, rawHeaders, url = '' } = request;
  const headSize = Buffer.byteLength([method, url, ...rawHeaders].join('  '));
  const [ofBucket, ofObject] = [decodeURIComponent(bucket), decodeURIComponent(key)];
  const given = { method, path, query: new URLSearchParams(query), headers, headSize, body: request };
  return { ...given, bucket: ofBucket, key: ofObject };
}

/** Returns the value of a header. Presigned requests may have it in the query instead. */
export function header({ headers, query }: S3Request, name: string): string | undefined {
  return headers[name]?.toString() ?? query.get(name) ?? undefined;
}

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** A request in path style: `/bucket/key?query`. SDK clients use it for every endpoint whose host is an IP address. */
export interface S3Request {
  readonly method: string;
  /** As it was sent: neither decoded nor normalized, since a key may hold `..`. */
  readonly path: string;
  readonly bucket: string;
  /** Empty for a request about the bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: AsyncIterable<Buffer>;
}

export function parseRequest(request: IncomingMessage): S3Request {
  const [path = '/', query = ''] = splitOnce(request.url ?? '/', '?');
  const [bucket = '', key = ''] = splitOnce(path.slice(1), '/').map(decodeURIComponent);
  const { method = 'GET', headers } = request;
  return { method, path, bucket, key, query: new URLSearchParams(query), headers, body: request };
}

/** A header's value; S3 takes it from the query, too, where presigning put it. */
export function header({ headers, query }: S3Request, name: string): string | undefined {
  return headers[name]?.toString() ?? query.get(name) ?? undefined;
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

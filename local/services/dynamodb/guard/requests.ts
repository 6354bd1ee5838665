import type { IncomingHttpHeaders } from 'node:http';

/** A request as it came over a connection. */
export interface RawRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly bytes: Buffer;
}

/** Puts a connection's chunks together. Requests and answers name their length, and SDKs send the next request after the answer. */
export function requestReader(): (chunk: Buffer) => RawRequest | undefined {
  let chunks: Buffer[] = [];
  let missing = 0;
  return (chunk) => {
    chunks.push(chunk);
    missing -= chunk.length;
    if (missing > 0) return undefined;
    const bytes = chunks.length > 1 ? Buffer.concat(chunks) : chunk;
    const end = bytes.indexOf('\r\n\r\n') + 4;
    const [first = '', ...lines] = bytes.toString('latin1', 0, end < 4 ? 0 : end - 4).split('\r\n');
    const headers = headersOf(lines);
    missing = end < 4 ? 1 : end + Number(headers['content-length'] ?? 0) - bytes.length;
    chunks = missing > 0 ? [bytes] : [];
    if (missing > 0) return undefined;
    const [method = '', url = ''] = first.split(' ');
    return { method, url, headers, body: bytes.subarray(end), bytes };
  };
}

function headersOf(lines: readonly string[]): IncomingHttpHeaders {
  const headers: IncomingHttpHeaders = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return headers;
}

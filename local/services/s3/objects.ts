import { receiveBody } from './body.ts';
import { type Answer, type Context, xmlAnswer } from './context.ts';
import { S3Error } from './error.ts';
import { header, type S3Request } from './request.ts';
import type { ObjectHeaders, StoredObject } from './store.ts';

const keptHeaders = /^(content-(type|disposition|language|encoding)|cache-control|expires|x-amz-meta-.+)$/;

/** Returns the request's headers that are stored with the object. */
export function headersToKeep({ headers }: S3Request): ObjectHeaders {
  const kept = Object.entries(headers)
    .filter(([name]) => keptHeaders.test(name))
    .map(([name, value]) => [name, String(value)] as const)
    .map(([name, value]) => [name, name === 'content-encoding' ? withoutChunking(value) : value] as const)
    .filter(([, value]) => value !== '');
  return { 'content-type': 'application/octet-stream', ...Object.fromEntries(kept) };
}

/** Removes `aws-chunked`, which describes the transfer and not the object. */
function withoutChunking(encoding: string): string {
  return encoding
    .split(/,\s*/)
    .filter((coding) => coding !== 'aws-chunked')
    .join(', ');
}

export async function putObject({ request, payload, store, emit }: Context): Promise<Answer> {
  const { bucket, key } = request;
  const blob = store.newBlob();
  const { size, etag } = await receiveBody(request, payload, store.path(blob));
  // The conditions are checked after the body has arrived, so that nothing can happen between the check and the write.
  try {
    assertMayWrite(request, store.get(bucket, key));
  } catch (error) {
    store.removeBlob(blob);
    throw error;
  }
  store.put(bucket, key, { blob, size, etag }, headersToKeep(request));
  emit({ name: 'ObjectCreated:Put', bucket, key, size, etag });
  return { status: 200, headers: { etag: `"${etag}"` } };
}

/** Throws unless the conditions of a write hold for the object that is there ("How to prevent object overwrites with conditional writes"). */
export function assertMayWrite({ headers }: S3Request, before: StoredObject | undefined): void {
  const expected = headers['if-match'];
  if (expected !== undefined && before === undefined) throw noSuchKey();
  if (headers['if-none-match'] === '*' && before !== undefined) throw preconditionFailed();
  if (!isExpected(expected, before)) throw preconditionFailed();
}

export function getObject({ request, store }: Context): Answer {
  const object = store.get(request.bucket, request.key);
  if (!object) throw noSuchKey();
  const headers = { ...describe(object), ...overrides(request.query) };
  if (!isExpected(request.headers['if-match'], object)) throw preconditionFailed();
  if (isUnchanged(request, object))
    return { status: 304, headers: { etag: headers.etag, 'last-modified': headers['last-modified'] } };

  const range = parseRange(request.headers.range, object.size);
  const { start, end } = range ?? { start: 0, end: object.size - 1 };
  const partial = range && { 'content-range': `bytes ${start}-${end}/${object.size}` };
  const length = { 'content-length': end - start + 1 };
  const answer = { status: range ? 206 : 200, headers: { ...headers, ...length, ...partial } };
  if (request.method === 'HEAD' || object.size === 0) return answer;
  return { ...answer, body: { file: store.path(object.blob), start, end } };
}

export function copyObject({ request, store, emit }: Context): Answer {
  const source = decodeURIComponent(header(request, 'x-amz-copy-source') ?? '').replace(/^\//, '');
  const [sourceBucket = '', ...sourceKey] = source.split('/');
  const object = store.get(sourceBucket, sourceKey.join('/'));
  if (!object) throw noSuchKey();
  const { bucket, key } = request;
  assertMayWrite(request, store.get(bucket, key));
  const { size, etag } = object;
  const replaced = header(request, 'x-amz-metadata-directive') === 'REPLACE';
  const kept = replaced ? headersToKeep(request) : object.headers;
  store.put(bucket, key, { blob: store.copyBlob(object.blob), size, etag }, kept);
  emit({ name: 'ObjectCreated:Copy', bucket, key, size, etag });
  return xmlAnswer('CopyObjectResult', { ETag: `"${etag}"`, LastModified: new Date().toISOString() });
}

/** Deletes one version for good. The current one has no id here, so it can't be named. */
export function deleteVersion({ request: { bucket, key, query }, store }: Context): Answer {
  store.deleteVersion(bucket, key, query.get('versionId') ?? '');
  return { status: 204 };
}

export function deleteObject({ request: { bucket, key }, store, emit }: Context): Answer {
  if (store.delete(bucket, key)) emit({ name: 'ObjectRemoved:Delete', bucket, key });
  return { status: 204 };
}

function describe({ headers, etag, modified }: StoredObject) {
  return { ...headers, etag: `"${etag}"`, 'last-modified': new Date(modified).toUTCString(), 'accept-ranges': 'bytes' };
}

/** Returns the headers that the query overrides, such as `response-content-type=…`. */
function overrides(query: URLSearchParams): Record<string, string> {
  const found = [...query].filter(([name]) => name.startsWith('response-'));
  return Object.fromEntries(found.map(([name, value]) => [name.slice('response-'.length), value]));
}

function matches(tags: string, object: StoredObject | undefined): boolean {
  const bare = (tag: string) => tag.replace(/^W\//, '').replaceAll('"', '');
  return tags.split(/,\s*/).some((tag) => object && (tag === '*' || bare(tag) === object.etag));
}

function isExpected(tags: string | undefined, object: StoredObject | undefined): boolean {
  return tags === undefined || matches(tags, object);
}

function isUnchanged({ headers }: S3Request, object: StoredObject): boolean {
  const tags = headers['if-none-match'];
  if (tags !== undefined) return matches(tags, object);
  const since = Date.parse(headers['if-modified-since'] ?? '');
  return Math.floor(object.modified / 1000) * 1000 <= since;
}

const noSuchKey = () => new S3Error('NoSuchKey', 'The specified key does not exist.');
const preconditionFailed = () =>
  new S3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');

/** Parses a Range header with a single range of bytes. Returns undefined if there is none, or one that S3 ignores. */
function parseRange(range: string | undefined, size: number): { start: number; end: number } | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  if (first === undefined || last === undefined || first + last === '') return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start > end) throw new S3Error('InvalidRange', 'The requested range is not satisfiable');
  return { start, end };
}

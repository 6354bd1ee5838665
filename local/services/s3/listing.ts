import { text } from 'node:stream/consumers';
import { textsOf } from '../xml.ts';
import { type Answer, type Context, xmlAnswer } from './context.ts';
import { S3Error } from './error.ts';
import type { StoredObject } from './store.ts';

const pageSize = 1_000;

/** Implements ListBuckets, of which clients print the dates. None is kept here, so all buckets are as old as the epoch. */
export function listBuckets({ store }: Context): Answer {
  const CreationDate = new Date(0).toISOString();
  const Bucket = store.bucketNames().map((Name) => ({ Name, CreationDate }));
  return xmlAnswer('ListAllMyBucketsResult', { Owner: { ID: 'local' }, Buckets: { Bucket } });
}

/** Implements ListObjectsV2. A continuation token is the last key or common prefix of the previous page. */
export function listObjects({ request: { bucket, query }, store }: Context): Answer {
  if (query.get('list-type') !== '2') throw new S3Error('NotImplemented', 'The local S3 lists by ListObjectsV2 only.');
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const limit = Math.min(pageSize, Number(query.get('max-keys') ?? pageSize));
  const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
  const encode = query.get('encoding-type') === 'url' ? encodeURIComponent : (key: string) => key;

  const objects: StoredObject[] = [];
  const prefixes = new Set<string>();
  let last = after;
  let isTruncated = false;
  for (const object of store.list(bucket, prefix, after)) {
    const end = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length);
    const common = end < 0 ? undefined : object.key.slice(0, end + delimiter.length);
    if (common !== undefined && (prefixes.has(common) || after.startsWith(common))) continue;
    isTruncated = objects.length + prefixes.size >= limit;
    if (isTruncated) break;
    last = common ?? object.key;
    if (common === undefined) objects.push(object);
    else prefixes.add(common);
  }

  return xmlAnswer('ListBucketResult', {
    Name: bucket,
    Prefix: encode(prefix),
    Delimiter: delimiter === '' ? undefined : encode(delimiter),
    MaxKeys: limit,
    EncodingType: query.get('encoding-type') ?? undefined,
    KeyCount: objects.length + prefixes.size,
    IsTruncated: isTruncated,
    NextContinuationToken: isTruncated ? last : undefined,
    Contents: objects.map((object) => ({ Key: encode(object.key), ...describe(object) })),
    CommonPrefixes: [...prefixes].map((common) => ({ Prefix: encode(common) })),
  });
}

const describe = ({ modified, etag, size }: StoredObject) => {
  const LastModified = new Date(modified).toISOString();
  return { LastModified, ETag: `"${etag}"`, Size: size, StorageClass: 'STANDARD' };
};

/** Implements ListObjectVersions for former versions and markers, in one page. */
export function listVersions({ request: { bucket, query }, store }: Context): Answer {
  const prefix = query.get('prefix') ?? '';
  const encode = query.get('encoding-type') === 'url' ? encodeURIComponent : (key: string) => key;
  const former = store.versions(bucket, prefix);
  const entries = former.map(({ key, id, blob, modified }, index) => {
    const IsLatest = former[index - 1]?.key !== key && store.get(bucket, key) === undefined;
    const LastModified = new Date(modified).toISOString();
    return { isMarker: blob === null, entry: { Key: encode(key), VersionId: id, IsLatest, LastModified } };
  });
  return xmlAnswer('ListVersionsResult', {
    Name: bucket,
    Prefix: encode(prefix),
    EncodingType: query.get('encoding-type') ?? undefined,
    IsTruncated: false,
    Version: entries.filter(({ isMarker }) => !isMarker).map(({ entry }) => entry),
    DeleteMarker: entries.filter(({ isMarker }) => isMarker).map(({ entry }) => entry),
  });
}

export async function deleteObjects({ request: { bucket, body }, store, emit }: Context): Promise<Answer> {
  const document = await text(body);
  const keys = textsOf(document, 'Key');
  for (const key of keys) if (store.delete(bucket, key)) emit({ name: 'ObjectRemoved:Delete', bucket, key });
  const isQuiet = textsOf(document, 'Quiet')[0] === 'true';
  return xmlAnswer('DeleteResult', { Deleted: isQuiet ? [] : keys.map((Key) => ({ Key })) });
}

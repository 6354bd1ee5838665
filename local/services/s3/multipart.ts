import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { textsOf } from '../xml.ts';
import { receiveBody } from './body.ts';
import { type Answer, type Context, xmlAnswer } from './context.ts';
import { S3Error } from './error.ts';
import { assertMayWrite, headersToKeep } from './objects.ts';
import type { Part } from './store.ts';

/** The limits of "Amazon S3 multipart upload limits". Only the last part may be smaller. */
const smallestPart = 5 * 1_048_576;
const mostParts = 10_000;

export function startUpload({ request, store }: Context): Answer {
  const { bucket, key } = request;
  const UploadId = store.startUpload(bucket, key, headersToKeep(request));
  return xmlAnswer('InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId });
}

export async function uploadPart({ request, payload, store }: Context): Promise<Answer> {
  const { id } = findUpload(request, store);
  const number = Number(request.query.get('partNumber'));
  if (!(Number.isInteger(number) && number >= 1 && number <= mostParts))
    throw new S3Error('InvalidArgument', `Part number must be an integer between 1 and ${mostParts}, inclusive`);
  const blob = store.newBlob();
  const { size, etag } = await receiveBody(request, payload, store.path(blob));
  store.putPart(id, number, { blob, size, etag });
  return { status: 200, headers: { etag: `"${etag}"` } };
}

export async function completeUpload({ request, store, emit }: Context): Promise<Answer> {
  const { id, bucket, key, headers } = findUpload(request, store);
  const document = await text(request.body);
  const tags = textsOf(document, 'ETag');
  const numbers = textsOf(document, 'PartNumber').map(Number);
  if (numbers.length === 0) throw new S3Error('MalformedXML', 'The XML you provided was not well-formed.');
  if (numbers.some((number, i) => number <= (numbers[i - 1] ?? 0)))
    throw new S3Error('InvalidPartOrder', 'The list of parts was not in ascending order.');
  const parts = numbers.map((number, index) => {
    const part = store.parts(id).find((known) => known.number === number);
    if (part && part.etag === tags[index]?.replaceAll('"', '')) return part;
    throw new S3Error('InvalidPart', 'One or more of the specified parts could not be found.');
  });

  if (parts.slice(0, -1).some(({ size }) => size < smallestPart))
    throw new S3Error('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
  assertMayWrite(request, store.get(bucket, key));

  const blob = store.newBlob();
  await pipeline(() => bytesOf(parts, store), createWriteStream(store.path(blob), { flush: true }));
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const etag = tagOf(parts);
  store.put(bucket, key, { blob, size, etag }, headers);
  store.endUpload(id);
  emit({ name: 'ObjectCreated:CompleteMultipartUpload', bucket, key, size, etag });
  return xmlAnswer('CompleteMultipartUploadResult', { Bucket: bucket, Key: key, ETag: `"${etag}"` });
}

export function abortUpload({ request, store }: Context): Answer {
  store.endUpload(findUpload(request, store).id);
  return { status: 204 };
}

function findUpload({ query }: Context['request'], store: Context['store']) {
  const upload = store.upload(query.get('uploadId') ?? '');
  if (upload) return upload;
  throw new S3Error('NoSuchUpload', 'The specified upload does not exist.');
}

async function* bytesOf(parts: readonly Part[], store: Context['store']) {
  for (const { blob } of parts) yield* createReadStream(store.path(blob));
}

/** Returns S3's entity tag for an object of several parts: the MD5 of their MD5s, and their number. */
function tagOf(parts: readonly Part[]): string {
  const md5 = createHash('md5');
  for (const { etag } of parts) md5.update(etag, 'hex');
  return `${md5.digest('hex')}-${parts.length}`;
}

import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { S3Error } from './error.ts';
import type { S3Request } from './request.ts';

interface Digest {
  update(chunk: Buffer): unknown;
  digest(encoding: 'base64'): string;
}

/** The checksums that are verified. Others (CRC32C, CRC64NVME) are refused, because they would go unchecked. */
const checksums: Readonly<Record<string, () => Digest>> = {
  'x-amz-checksum-crc32': crc32Digest,
  'x-amz-checksum-sha1': () => createHash('sha1'),
  'x-amz-checksum-sha256': () => createHash('sha256'),
  'content-md5': () => createHash('md5'),
};

/**
 * Receives a body into a new file. It verifies the signed payload hash, the length, and the checksums in headers or trailer
 * ("Checking object integrity for data uploads in Amazon S3"). One in a presigned query isn't looked at: the SDKs put that of an empty
 * body there. If it throws, it leaves no file. `etag` is the MD5 in hexadecimal, the entity tag of an object that was uploaded in one piece.
 */
export async function receiveBody(request: S3Request, signedPayload: string, file: string) {
  try {
    return await receive(request, signedPayload, file);
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

async function receive(request: S3Request, signedPayload: string, file: string) {
  const trailers = new Map<string, string>();
  const declared = (name: string) => request.headers[name]?.toString() ?? trailers.get(name);
  const announced = String(request.headers['x-amz-trailer'] ?? '').split(',');
  const names = [...Object.keys(request.headers), ...announced];
  const digests = new Map(names.filter(isChecksum).map((name) => [name, digestFor(name)]));
  const [md5, sha256] = [createHash('md5'), createHash('sha256')];

  const chunks = signedPayload.startsWith('STREAMING-') ? decodeChunks(request.body, trailers) : request.body;
  await pipeline(
    chunks,
    async function* (source: AsyncIterable<Buffer>) {
      for await (const chunk of source) {
        for (const digest of [md5, sha256, ...digests.values()]) digest.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(file, { flush: true }),
  );

  const { size } = await stat(file);
  const length = request.headers['x-amz-decoded-content-length'];
  if (length !== undefined && Number(length) !== size)
    throw new S3Error('IncompleteBody', 'The body is not as long as x-amz-decoded-content-length says.');
  if (/^[0-9a-f]{64}$/.test(signedPayload) && signedPayload !== sha256.digest('hex'))
    throw new S3Error('XAmzContentSHA256Mismatch', "The header 'x-amz-content-sha256' does not match the body.");
  for (const [name, digest] of digests)
    if (declared(name) !== digest.digest('base64'))
      throw new S3Error('BadDigest', `The ${name} you specified did not match the calculated checksum.`);
  return { size, etag: md5.digest('hex') };
}

function isChecksum(name: string): boolean {
  return /^(x-amz-checksum-(?!algorithm|type|mode)|content-md5$)/.test(name);
}

function digestFor(name: string): Digest {
  const create = checksums[name];
  if (!create) throw new S3Error('NotImplemented', `The local S3 can't check ${name}.`);
  return create();
}

/** What `createHash` makes, for the checksum that it doesn't know. */
function crc32Digest(): Digest {
  let sum = 0;
  return {
    update(chunk) {
      sum = crc32(chunk, sum);
    },
    digest(encoding) {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(sum);
      return bytes.toString(encoding);
    },
  };
}

/**
 * Yields the data of an `aws-chunked` body ("Signature calculations … chunked uploads"), and puts its trailers into the map. It
 * verifies the checksum of the body, but not the signatures of the chunks.
 */
async function* decodeChunks(body: AsyncIterable<Buffer>, trailers: Map<string, string>): AsyncGenerator<Buffer> {
  const source = body[Symbol.asyncIterator]();
  let buffered = Buffer.alloc(0);

  async function more(): Promise<void> {
    const { value, done } = await source.next();
    if (done) throw new S3Error('IncompleteBody', 'The request body ended in the middle of a chunk.');
    buffered = Buffer.concat([buffered, value]);
  }
  async function take(length: number): Promise<Buffer> {
    while (buffered.length < length) await more();
    const taken = buffered.subarray(0, length);
    buffered = buffered.subarray(length);
    return taken;
  }
  async function line(): Promise<string> {
    while (!buffered.includes('\r\n')) await more();
    const text = (await take(buffered.indexOf('\r\n'))).toString();
    await take(2);
    return text;
  }

  for (;;) {
    const size = Number.parseInt(await line(), 16);
    if (!(size >= 0)) throw new S3Error('InvalidRequest', 'The chunked body is malformed.');
    if (size === 0) break;
    yield await take(size);
    await take(2);
  }
  for (let text = await line(); text !== ''; text = await line()) {
    const [name = '', value = ''] = text.split(/:\s*/, 2);
    trailers.set(name.toLowerCase(), value);
  }
}

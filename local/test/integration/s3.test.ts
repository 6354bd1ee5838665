import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { handlers, startService } from '../../services/index.ts';
import { createResource } from '../helpers/resources.ts';
import { credentials, type TestWorld, testWorld } from '../helpers/world.ts';

const Bucket = 'parcels';
let world: TestWorld;
let endpoint: string;
// As a function made for AWS has it: no endpoint style is asked for.
let client: S3Client;

const clientOf = (config = {}) => new S3Client({ endpoint, region: 'us-east-1', credentials, ...config });

beforeAll(async () => {
  world = testWorld({ startService });
  world.serveAt('https://d111.cloudfront.net', 'http://localhost:3000');
  await createResource(handlers, world, 'AWS::S3::Bucket', {
    BucketName: Bucket,
    CorsConfiguration: {
      CorsRules: [
        {
          AllowedOrigins: ['https://d111.cloudfront.net'],
          AllowedMethods: ['PUT'],
          AllowedHeaders: ['Content-*'],
          MaxAge: 60,
        },
      ],
    },
  });
  endpoint = await world.endpoint('S3');
  client = clientOf();
});

afterAll(async () => {
  client.destroy();
  await world[Symbol.asyncDispose]();
});

const put = (Key: string, Body: string | Readable, more: Partial<PutObjectCommandInput> = {}) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = async (Key: string, more: Partial<GetObjectCommandInput> = {}) => {
  const { Body, ...rest } = await client.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return { ...rest, text: await Body?.transformToString() };
};

describe('objects', () => {
  test('an object comes back with its bytes, type, metadata and MD5 as entity tag', async () => {
    await put('a/b c+d é.txt', 'hello', {
      ContentType: 'text/plain',
      CacheControl: 'no-store',
      Metadata: { by: 'me' },
    });
    expect(await get('a/b c+d é.txt')).toMatchObject({
      text: 'hello',
      ContentType: 'text/plain',
      CacheControl: 'no-store',
      ContentLength: 5,
      Metadata: { by: 'me' },
      ETag: '"5d41402abc4b2a76b9719d911017c592"',
    });
  });

  test('a key may hold dots that a file system would follow', async () => {
    await put('../../escape', 'safe');
    expect((await get('../../escape')).text).toBe('safe');
  });

  test('a streamed body is put with its checksum in a trailer', async () => {
    const body = Readable.from([Buffer.alloc(100_000, 'a'), Buffer.alloc(50_000, 'b')]);
    await put('streamed', body, { ContentLength: 150_000 });
    const { text, ContentLength, ContentEncoding } = await get('streamed');
    expect([ContentLength, ContentEncoding]).toEqual([150_000, undefined]);
    expect(text === 'a'.repeat(100_000) + 'b'.repeat(50_000)).toBe(true);
  });

  test('a part of an object is served by Range, one beyond it is refused', async () => {
    await put('digits', '0123456789');
    expect(await get('digits', { Range: 'bytes=2-4' })).toMatchObject({ text: '234', ContentRange: 'bytes 2-4/10' });
    expect((await get('digits', { Range: 'bytes=-3' })).text).toBe('789');
    expect((await get('digits', { Range: 'bytes=8-99' })).text).toBe('89');
    await expect(get('digits', { Range: 'bytes=10-' })).rejects.toMatchObject({ name: 'InvalidRange' });
  });

  test('conditional requests are held to the entity tag', async () => {
    const { ETag } = await put('once', 'first', { IfNoneMatch: '*' });
    await expect(put('once', 'second', { IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(put('once', 'third', { IfMatch: '"other"' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(put('never', 'x', { IfMatch: ETag })).rejects.toMatchObject({
      name: 'NoSuchKey',
      $metadata: { httpStatusCode: 404 },
    });
    const copy = new CopyObjectCommand({ Bucket, Key: 'once', CopySource: `${Bucket}/once`, IfNoneMatch: '*' });
    await expect(client.send(copy)).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(get('once', { IfNoneMatch: ETag })).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
    expect((await get('once')).text).toBe('first');
  });

  test('what is missing is said to be missing', async () => {
    await expect(get('nothing')).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(client.send(new HeadObjectCommand({ Bucket, Key: 'nothing' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
    await expect(client.send(new HeadBucketCommand({ Bucket: 'no-such' }))).rejects.toMatchObject({ name: 'NotFound' });
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'nothing' }));
  });

  test('a copy keeps the metadata unless it brings its own', async () => {
    await put('source é', 'copied', { ContentType: 'text/plain' });
    const CopySource = `${Bucket}/${encodeURIComponent('source é')}`;
    await client.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource }));
    expect(await get('copy')).toMatchObject({ text: 'copied', ContentType: 'text/plain' });
    const replaced = { MetadataDirective: 'REPLACE', ContentType: 'text/css' } as const;
    await client.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource, ...replaced }));
    expect((await get('copy')).ContentType).toBe('text/css');
  });

  test('an object is put in parts', async () => {
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({ Bucket, Key: 'parts', ContentType: 'text/x' }),
    );
    const upload = { Bucket, Key: 'parts', UploadId };
    const Parts = [];
    const large = 'x'.repeat(5 * 1_048_576);
    for (const [index, Body] of [large, 'two'].entries()) {
      const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber: index + 1, Body }));
      Parts.push({ ETag, PartNumber: index + 1 });
    }
    await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
    const { text, ...rest } = await get('parts');
    expect(text === `${large}two`).toBe(true);
    expect(rest).toMatchObject({
      ContentType: 'text/x',
      ETag: expect.stringMatching(/-2"$/),
    });
    await expect(client.send(new AbortMultipartUploadCommand(upload))).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  // "Amazon S3 multipart upload limits" and "CompleteMultipartUpload".
  test('an object of small, unordered, impossible or no parts is refused', async () => {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'small' }));
    const upload = { Bucket, Key: 'small', UploadId };
    const part = async (PartNumber: number) => {
      const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body: `part ${PartNumber}` }));
      return { ETag, PartNumber };
    };
    const [one, two] = [await part(1), await part(2)];
    const complete = (Parts: object[], more = {}) =>
      client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...more }));
    await expect(complete([one, two])).rejects.toMatchObject({ name: 'EntityTooSmall' });
    await expect(complete([two, one])).rejects.toMatchObject({ name: 'InvalidPartOrder' });
    await expect(complete([])).rejects.toMatchObject({ name: 'MalformedXML' });
    for (const number of [0, 10_001]) await expect(part(number)).rejects.toMatchObject({ name: 'InvalidArgument' });
    await expect(complete([two], { IfMatch: one.ETag })).rejects.toMatchObject({ name: 'NoSuchKey' });
    await complete([two]);
    expect((await get('small')).text).toBe('part 2');
  });

  test('the buckets are listed, as one asks first from a command line', async () => {
    const { Buckets } = await client.send(new ListBucketsCommand({}));
    expect(Buckets).toEqual([{ Name: Bucket, CreationDate: expect.any(Date) }]);
  });

  test('keys are listed in byte order, by prefix, folder and page', async () => {
    for (const key of ['l/b/2', 'l/a', 'l/b/1', 'l/c', 'm&<n>']) await put(key, 'x');
    const list = async (more = {}) => {
      const page = await client.send(new ListObjectsV2Command({ Bucket, ...more }));
      return {
        keys: page.Contents?.map(({ Key }) => Key) ?? [],
        folders: page.CommonPrefixes?.map(({ Prefix }) => Prefix) ?? [],
        next: page.NextContinuationToken,
      };
    };
    expect(await list({ Prefix: 'l/' })).toMatchObject({ keys: ['l/a', 'l/b/1', 'l/b/2', 'l/c'] });
    expect(await list({ Prefix: 'l/', Delimiter: '/' })).toMatchObject({ keys: ['l/a', 'l/c'], folders: ['l/b/'] });
    expect((await list({ Prefix: 'm' })).keys).toEqual(['m&<n>']);

    const first = await list({ Prefix: 'l/', Delimiter: '/', MaxKeys: 2 });
    expect(first).toMatchObject({ keys: ['l/a'], folders: ['l/b/'] });
    const second = await list({ Prefix: 'l/', Delimiter: '/', MaxKeys: 2, ContinuationToken: first.next });
    expect(second).toEqual({ keys: ['l/c'], folders: [], next: undefined });
  });

  test('many objects are deleted at once', async () => {
    for (const key of ['d/1 & 2', 'd/3']) await put(key, 'x');
    const Objects = [{ Key: 'd/1 & 2' }, { Key: 'd/3' }];
    await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect((await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'd/' }))).KeyCount).toBe(0);
  });

  test('what the local S3 does not do is refused by name', async () => {
    const answer = client.send(new GetObjectCommand({ Bucket, Key: 'digits', VersionId: '1' }));
    await expect(answer).rejects.toMatchObject({ name: 'NotImplemented' });
    const attributes = new GetObjectAttributesCommand({ Bucket, Key: 'digits', ObjectAttributes: ['ETag'] });
    await expect(client.send(attributes)).rejects.toMatchObject({ name: 'NotImplemented' });
  });

  // "Naming Amazon S3 objects", "Working with object metadata" and "Error responses".
  test('keys, metadata and heads that are too large are refused', async () => {
    await put('k'.repeat(1_024), 'x');
    await expect(put('k'.repeat(1_025), 'x')).rejects.toMatchObject({ name: 'KeyTooLongError' });
    await expect(put('é'.repeat(513), 'x')).rejects.toMatchObject({ name: 'KeyTooLongError' });
    await put('described', 'x', { Metadata: { a: 'x'.repeat(2_047) } });
    const large = put('described', 'x', { Metadata: { a: 'x'.repeat(2_048) } });
    await expect(large).rejects.toMatchObject({ name: 'MetadataTooLarge' });
    const head = put('described', 'x', { CacheControl: 'x'.repeat(11 * 1_024) });
    await expect(head).rejects.toMatchObject({ name: 'RequestHeaderSectionTooLarge' });
  });
});

// "Authenticating Requests (AWS Signature Version 4)" in the Amazon S3 API reference.
describe('who is let in', () => {
  const png = { ContentType: 'image/png', ContentLength: 5 };
  const presign = (Key: string, more: Partial<PutObjectCommandInput> = {}, signed: string[] = [], now = new Date()) => {
    const presigner = clientOf({ requestChecksumCalculation: 'WHEN_REQUIRED' });
    return getSignedUrl(presigner, new PutObjectCommand({ Bucket, Key, ...png, ...more }), {
      expiresIn: 60,
      signableHeaders: new Set(['content-type', 'content-length', ...signed]),
      unhoistableHeaders: new Set(signed),
      signingDate: now,
    });
  };
  /** PUT by node:http, which sends just the headers given. */
  const send = (url: string, body: string, headers: Record<string, string | number>) =>
    new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const outgoing = request(url, {
        method: 'PUT',
        headers: { 'content-length': Buffer.byteLength(body), ...headers },
      });
      outgoing.on('error', reject).on('response', async (response) => {
        resolve({ status: response.statusCode, text: Buffer.concat(await response.toArray()).toString() });
      });
      outgoing.end(body);
    });
  const type = { 'content-type': 'image/png' };

  test('nobody without a signature, for reading or writing', async () => {
    await put('secret', 'x');
    expect((await fetch(`${endpoint}/${Bucket}/secret`)).status).toBe(403);
    expect((await fetch(`${endpoint}/${Bucket}`)).status).toBe(403);
    expect((await fetch(`${endpoint}/${Bucket}/mine`, { method: 'PUT', body: 'x' })).status).toBe(403);
  });

  test('nobody with another key or secret', async () => {
    const stranger = clientOf({ credentials: { ...credentials, accessKeyId: 'other' } });
    const guesser = clientOf({ credentials: { ...credentials, secretAccessKey: 'guess' } });
    const head = new GetObjectCommand({ Bucket, Key: 'secret' });
    await expect(stranger.send(head)).rejects.toMatchObject({ name: 'InvalidAccessKeyId' });
    await expect(guesser.send(head)).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
  });

  test('a presigned upload with the type and length that were signed', async () => {
    expect(await send(await presign('photo'), '12345', type)).toMatchObject({ status: 200 });
    expect((await get('photo')).ContentType).toBe('image/png');
  });

  test.each([
    ['another type', '12345', { 'content-type': 'image/gif' }],
    ['no type', '12345', {}],
    ['another length', '123456', type],
    ['a header that was not signed', '12345', { ...type, 'x-amz-acl': 'public-read' }],
  ])('no presigned upload with %s', async (_, body, headers) => {
    expect(await send(await presign('refused'), body, headers)).toMatchObject({ status: 403 });
    await expect(get('refused')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test('no presigned upload to another key, or with a longer life', async () => {
    const url = await presign('refused');
    expect(await send(url.replace('/refused', '/other'), '12345', type)).toMatchObject({ status: 403 });
    expect(await send(url.replace('Expires=60', 'Expires=6000'), '12345', type)).toMatchObject({ status: 403 });
  });

  test('the default presigned upload of the SDK, with the checksum of an empty body in its query', async () => {
    const url = await getSignedUrl(client, new PutObjectCommand({ Bucket, Key: 'default' }), { expiresIn: 60 });
    expect(url).toContain('x-amz-checksum-crc32=');
    expect(await send(url, '12345', {})).toMatchObject({ status: 200 });
    expect((await get('default')).text).toBe('12345');
  });

  test('no request of the future, and none that lives for no time or for more than a week', async () => {
    const minutes = (count: number) => presign('future', {}, [], new Date(Date.now() + count * 60_000));
    expect(await send(await minutes(10), '12345', type)).toMatchObject({ status: 200 });
    const refusal = { status: 403, text: expect.stringContaining('not yet valid') };
    expect(await send(await minutes(20), '12345', type)).toMatchObject(refusal);
    for (const expiresIn of [0, -1, 604_801]) {
      const url = (await minutes(0)).replace('Expires=60', `Expires=${expiresIn}`);
      expect(await send(url, '12345', type)).toMatchObject({
        status: 400,
        text: expect.stringContaining('AuthorizationQueryParametersError'),
      });
    }
  });

  test('no presigned upload after its time', async () => {
    const url = await presign('refused', {}, [], new Date(Date.now() - 61_000));
    expect(await send(url, '12345', type)).toMatchObject({ status: 403, text: expect.stringContaining('expired') });
  });

  test('a presigned upload is held to the checksum that was signed', async () => {
    const ChecksumSHA256 = 'WZRHGrsBESr8wYFZ9sx0tPURuZgG2lmzyvWpwXPKz8U=';
    const url = await presign('checked', { ChecksumSHA256 }, ['x-amz-checksum-sha256']);
    const headers = { ...type, 'x-amz-checksum-sha256': ChecksumSHA256 };
    expect(await send(url, '54321', headers)).toMatchObject({
      status: 400,
      text: expect.stringContaining('BadDigest'),
    });
    await expect(get('checked')).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(await send(url, '12345', headers)).toMatchObject({ status: 200 });
  });

  test('a signed body is held to its hash', async () => {
    const forged = clientOf();
    forged.middlewareStack.add(
      (next) => (args) => {
        if (typeof args.request === 'object' && args.request && 'body' in args.request) args.request.body = 'forged';
        return next(args);
      },
      { step: 'deserialize' },
    );
    const command = new PutObjectCommand({ Bucket, Key: 'forged', Body: 'honest', ChecksumSHA256: undefined });
    await expect(forged.send(command)).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
  });
});

// "Using cross-origin resource sharing (CORS)" in the Amazon S3 user guide.
describe('pages of other origins', () => {
  const preflight = (origin: string, method: string, headers = 'content-type') =>
    fetch(`${endpoint}/${Bucket}/photo`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': headers },
    });

  test('the one that the template allows may, by its local address', async () => {
    const answer = await preflight('http://localhost:3000', 'PUT');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://localhost:3000');
    expect(answer.headers.get('access-control-max-age')).toBe('60');
  });

  test.each([
    ['another origin', 'http://evil.example', 'PUT', 'content-type'],
    ['another method', 'http://localhost:3000', 'DELETE', 'content-type'],
    ['another header', 'http://localhost:3000', 'PUT', 'x-other'],
  ])('%s may not', async (_, origin, method, headers) => {
    expect((await preflight(origin, method, headers)).status).toBe(403);
  });

  test('an error can be read by the page that caused it', async () => {
    const answer = await fetch(`${endpoint}/${Bucket}/x`, {
      method: 'PUT',
      headers: { origin: 'http://localhost:3000' },
    });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://localhost:3000');
  });
});

test('a bucket with versions keeps what was replaced and deleted, and gives it back without the marker', async () => {
  const Bucket = 'versioned';
  await createResource(handlers, world, 'AWS::S3::Bucket', {
    BucketName: Bucket,
    VersioningConfiguration: { Status: 'Enabled' },
    ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' },
  });
  const Key = 'a/b';
  const put = (Body: string) => client.send(new PutObjectCommand({ Bucket, Key, Body }));
  const read = async () => (await client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
  const versions = () => client.send(new ListObjectVersionsCommand({ Bucket, Prefix: 'a/' }));
  await put('one');
  await put('two');
  await client.send(new DeleteObjectCommand({ Bucket, Key }));
  await expect(read()).rejects.toThrow('does not exist');
  const { DeleteMarkers = [], Versions = [] } = await versions();
  expect(DeleteMarkers).toMatchObject([{ Key, IsLatest: true, LastModified: expect.any(Date) }]);
  expect(Versions).toMatchObject([
    { Key, IsLatest: false },
    { Key, IsLatest: false },
  ]);
  await client.send(new DeleteObjectCommand({ Bucket, Key, VersionId: DeleteMarkers[0]?.VersionId }));
  expect(await read()).toBe('two');
  expect(await versions()).toMatchObject({ Versions: [{ Key }] });
  await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key }] } }));
  expect((await versions()).DeleteMarkers).toMatchObject([{ Key, IsLatest: true }]);
});

test('a website has index documents, its own page for errors, and nothing for other methods', async () => {
  const { attributes } = await createResource(handlers, world, 'AWS::S3::Bucket', {
    BucketName: 'site',
    WebsiteConfiguration: { IndexDocument: 'i.html', ErrorDocument: 'lost.html' },
  });
  for (const Key of ['i.html', 'docs/i.html', 'lost.html'])
    await client.send(new PutObjectCommand({ Bucket: 'site', Key, Body: Key, ContentType: 'text/html' }));
  const url = world.localize(String(attributes?.['WebsiteURL']));
  const get = async (path: string, init?: RequestInit) => {
    const response = await fetch(url + path, { redirect: 'manual', ...init });
    return [response.status, response.headers.get('location') ?? (await response.text())];
  };
  expect(await get('/')).toEqual([200, 'i.html']);
  expect(await get('/docs')).toEqual([302, '/docs/']);
  expect(await get('/docs/?a=b')).toEqual([200, 'docs/i.html']);
  expect(await get('/none')).toEqual([404, 'lost.html']);
  expect(await get('/', { method: 'PUT', body: 'x' })).toEqual([405, '']);
});

test('shapes of buckets that would behave differently are refused', async () => {
  const website = createResource(handlers, world, 'AWS::S3::Bucket', {
    WebsiteConfiguration: { IndexDocument: 'i.html', RoutingRules: [] },
  });
  await expect(website).rejects.toThrow("WebsiteConfiguration.RoutingRules: isn't supported");
  const copied = createResource(handlers, world, 'AWS::S3::Bucket', { ReplicationConfiguration: {} });
  await expect(copied).rejects.toThrow("ReplicationConfiguration: isn't supported");
});

test('objects outlive a restart; nothing is kept of what was replaced, refused or half-written', async () => {
  const first = testWorld({ startService });
  await createResource(handlers, first, 'AWS::S3::Bucket', { BucketName: Bucket });
  const before = clientOf({ endpoint: await first.endpoint('S3') });
  for (const Body of ['replaced', 'kept']) await before.send(new PutObjectCommand({ Bucket, Key: 'kept', Body }));
  const refused = before.send(new PutObjectCommand({ Bucket, Key: 'kept', Body: 'x', ChecksumSHA1: 'wrong' }));
  await expect(refused).rejects.toMatchObject({ name: 'BadDigest' });
  const blobs = join(first.dataDir, 's3', 'blobs');
  expect(readdirSync(blobs)).toHaveLength(1);
  await first.stop();
  writeFileSync(join(blobs, 'cut-off-by-a-crash'), '');

  await using second = testWorld({ startService, dataDir: first.dataDir });
  await createResource(handlers, second, 'AWS::S3::Bucket', { BucketName: Bucket });
  const after = clientOf({ endpoint: await second.endpoint('S3') });
  const { Body } = await after.send(new GetObjectCommand({ Bucket, Key: 'kept' }));
  expect(await Body?.transformToString()).toBe('kept');
  expect(readdirSync(blobs)).toHaveLength(1);
});

test('a damaged file is refused in one sentence', async () => {
  await using damaged = testWorld({ startService });
  mkdirSync(join(damaged.dataDir, 's3'));
  writeFileSync(join(damaged.dataDir, 's3/objects.sqlite'), 'x'.repeat(10_000));
  await expect(damaged.endpoint('S3')).rejects.toThrow("s3/objects.sqlite can't be used (file is not a database)");
});

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { handlers as deployment } from '../../deployment/index.ts';
import { handlers as services, startService } from '../../services/index.ts';
import { createResource } from '../helpers/resources.ts';
import { credentials, type TestWorld, testWorld } from '../helpers/world.ts';

const handlers = [...services, ...deployment];
const Bucket = 'site';
let folder: string;
let world: TestWorld;
let client: S3Client;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assets-'));
  const assets = new Map(['page', 'config', 'archive'].map((key) => [`${key}.zip`, join(folder, key)]));
  world = testWorld({
    startService,
    assembly: { assets },
  });
  world.serveAt('https://abc.execute-api.us-east-1.amazonaws.com', 'http://localhost:4000');
  await createResource(handlers, world, 'AWS::S3::Bucket', { BucketName: Bucket });
  client = new S3Client({ endpoint: await world.endpoint('S3'), region: 'us-east-1', credentials });
  asset('page', { 'index.html': '<h1>hello</h1>', 'assets/app.js': 'run()', '<<m:0>>.txt': '<<m:0>>' });
  asset('config', { 'config.json': '{"api":"<<m:0>>","quote":"<<m:1>>"}' });
});

afterEach(async () => {
  client.destroy();
  await world[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

function asset(name: string, files: Readonly<Record<string, string>>): void {
  rmSync(join(folder, name), { recursive: true, force: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, path, '..'), { recursive: true });
    writeFileSync(join(folder, name, path), text);
  }
}

const deploy = (properties: object = {}) =>
  createResource(handlers, world, 'Custom::CDKBucketDeployment', {
    ServiceToken: 'arn:aws:lambda:us-east-1:000000000000:function:provider',
    SourceBucketNames: ['assets', 'assets'],
    SourceObjectKeys: ['page.zip', 'config.zip'],
    SourceMarkers: [{}, { '<<m:0>>': 'https://abc.execute-api.us-east-1.amazonaws.com/live', '<<m:1>>': 'say "hi"' }],
    SourceMarkersConfig: [{}, { jsonEscape: true }],
    DestinationBucketName: Bucket,
    Prune: true,
    ...properties,
  });
const put = (Key: string) => client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
const keys = async () => (await client.send(new ListObjectsV2Command({ Bucket }))).Contents?.map(({ Key }) => Key);
async function get(Key: string) {
  const { Body, ...rest } = await client.send(new GetObjectCommand({ Bucket, Key }));
  return { ...rest, text: await Body?.transformToString() };
}

test('files are put under their paths, with types and metadata', async () => {
  const { attributes } = await deploy({
    SystemMetadata: { 'cache-control': 'no-cache' },
    UserMetadata: { by: 'cdk' },
    OutputObjectKeys: true,
  });
  expect(await keys()).toEqual(['<<m:0>>.txt', 'assets/app.js', 'config.json', 'index.html']);
  const shared = { CacheControl: 'no-cache', Metadata: { by: 'cdk' } };
  expect(await get('index.html')).toMatchObject({
    text: '<h1>hello</h1>',
    ContentType: 'text/html; charset=utf-8',
    ...shared,
  });
  expect(await get('assets/app.js')).toMatchObject({ text: 'run()', ContentType: 'text/javascript; charset=utf-8' });
  expect(attributes).toEqual({
    DestinationBucketArn: 'arn:aws:s3:::site',
    SourceObjectKeys: ['page.zip', 'config.zip'],
  });
});

test('markers of a source are filled in, escaped for JSON, with local addresses; other sources stay as they are', async () => {
  await deploy();
  expect(JSON.parse((await get('config.json')).text ?? '')).toEqual({
    api: 'http://localhost:4000/live',
    quote: 'say "hi"',
  });
  expect((await get('<<m:0>>.txt')).text).toBe('<<m:0>>');
});

test('without jsonEscape values go in as they are', async () => {
  asset('config', { 'config.txt': '<<m:1>>' });
  await deploy({ SourceMarkersConfig: [{}, {}] });
  expect((await get('config.txt')).text).toBe('say "hi"');
});

test('with Prune what is not in the sources goes, below the prefix only', async () => {
  for (const key of ['old', 'site/old', 'siteold']) await put(key);
  await deploy({ DestinationBucketKeyPrefix: 'site' });
  expect(await keys()).toEqual([
    'old',
    'site/<<m:0>>.txt',
    'site/assets/app.js',
    'site/config.json',
    'site/index.html',
    'siteold',
  ]);
});

test('without Prune the old stays', async () => {
  await put('old');
  await deploy({ Prune: false });
  expect(await keys()).toContain('old');
});

test('a second deployment changes what changed and leaves the rest untouched', async () => {
  await deploy();
  const blobs = () => new Set(readdirSync(join(world.dataDir, 's3', 'blobs')));
  const before = blobs();
  asset('page', { 'index.html': '<h1>hello</h1>', 'assets/app.js': 'run(2)', '<<m:0>>.txt': '<<m:0>>' });
  await deploy();
  expect((await get('assets/app.js')).text).toBe('run(2)');
  expect([...blobs()].filter((blob) => before.has(blob))).toHaveLength(3);
});

test.each([
  ['Exclude', ['*.map']],
  ['Extract', false],
])('%s, which would put other files, is refused', async (name, value) => {
  await expect(deploy({ [name]: value })).rejects.toThrow(`${name}: `);
});

test('a source that is an archive is refused', async () => {
  writeFileSync(join(folder, 'archive'), 'PK');
  await expect(deploy({ SourceObjectKeys: ['archive.zip'] })).rejects.toThrow('is an archive');
});

import { createHash } from 'node:crypto';
import { DeleteItemCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startTestStack, type TestStack } from '#local/test/helpers/stack.ts';
import { limits } from '#protocol/limits.ts';
import type { Media, MediaType } from '#protocol/media.ts';
import type { Device } from '#test/helpers/device.ts';
import { animation, clip, film, fixture, picture } from '#test/helpers/files.ts';
import { endpointsOf, Member } from '#test/helpers/member.ts';
import { grant, put, upload, type Where } from '#test/helpers/uploads.ts';

let stack: TestStack;
let ann: Member;
let ben: Member;
let stranger: Member;
let annsDevice: Device;
let conversationId: string;
let jpeg: Buffer;

beforeAll(async () => {
  stack = await startTestStack(inject('assembly'));
  const endpoints = await endpointsOf(stack.url);
  const register = (name: string) => Member.register(endpoints, name);
  [ann, ben, stranger] = await Promise.all([register('ann'), register('ben'), register('eve')]);
  annsDevice = await ann.open();
  conversationId = (await ann.startDirect(ben)).id;
  jpeg = await picture().jpeg().toBuffer();
});
afterAll(() => stack[Symbol.asyncDispose]());

const ready = (bytes = jpeg, contentType: MediaType = 'image/jpeg', where: Where = { conversationId }) =>
  upload(ann, annsDevice, bytes, contentType, where);
const sees = async (person: Member, { id }: Pick<Media, 'id'>) => (await person.call(`GET /media/${id}`)).status;
const send = (device: Device, mediaIds: string[], more: object = {}) =>
  device.ask({ action: 'message', conversationId, mediaIds, ...more });

async function objects(id: string): Promise<string[]> {
  const endpoint = await stack.world.endpoint('S3');
  const { credentials } = stack.world;
  const s3 = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
  const { upload: granted } = await grant(ann, { contentType: 'image/jpeg', size: jpeg.length, conversationId });
  const Bucket = new URL(granted.url).pathname.split('/')[1];
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  s3.destroy();
  return Contents.flatMap(({ Key = '' }) => (Key.includes(id) ? Key : []));
}

/** Deletes the row of a file, as the TTL does. */
async function deleteRow(id: string): Promise<void> {
  const endpoint = await stack.world.endpoint('DYNAMODB');
  const { credentials } = stack.world;
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  const TableName = TableNames.find((table) => table.includes('Media'));
  await client.send(new DeleteItemCommand({ TableName, Key: { pk: { S: id }, sk: { S: 'media' } } }));
}

describe('a file of every allowed type', () => {
  const recording = { duration: expect.closeTo(1, 1), waveform: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/) };
  const files: readonly (readonly [MediaType, () => Promise<Buffer>, object])[] = [
    ['image/jpeg', () => picture().jpeg().toBuffer(), { width: 64, height: 48 }],
    ['image/png', () => picture().png().toBuffer(), { width: 64, height: 48 }],
    ['image/gif', () => animation(), { width: 32, height: 24 }],
    ['image/webp', () => picture().webp().toBuffer(), { width: 64, height: 48 }],
    ['image/avif', () => picture().avif().toBuffer(), { width: 64, height: 48 }],
    ['video/mp4', async () => film(), { width: 640, height: 360, duration: 2.5 }],
    ['video/quicktime', async () => film({ brand: 'qt  ' }), { width: 640, height: 360, duration: 2.5 }],
    ['video/webm', async () => clip(), { width: 320, height: 240, duration: 1.5 }],
    ['audio/webm', async () => fixture('voice.webm'), recording],
    ['audio/mp4', async () => fixture('voice-fragmented.mp4'), recording],
    ['audio/ogg', async () => fixture('voice.ogg'), recording],
  ];

  test.for(files)('%s is looked at, sent, and shown to members only', async ([contentType, make, facts]) => {
    const media = await ready(await make(), contentType);
    expect(media).toMatchObject({ status: 'ready', contentType, ...facts });
    expect(await sees(ben, media)).toBe(403);

    const bensDevice = await ben.open();
    expect(await send(annsDevice, [media.id])).toHaveProperty('ok');
    await bensDevice.until((events) => events.some(({ type }) => type === 'message'));
    const { url: _, thumbnailUrl: __, expiresIn: ___, status: ____, ...attachment } = media;
    const [newest] = (await ben.call(`GET /conversations/${conversationId}/messages?limit=1`)).body.messages;
    expect(newest).toMatchObject({ text: '', media: [attachment] });
    expect(bensDevice.events).toMatchObject([{ type: 'message', message: newest }]);

    const { url, thumbnailUrl, expiresIn } = (await ben.call(`GET /media/${media.id}`)).body;
    expect(expiresIn).toBeGreaterThan(0);
    expect(await sees(stranger, media)).toBe(403);
    expect(new URL(url).origin).not.toBe(new URL(stack.url).origin);

    const original = await fetch(url, { headers: { origin: 'https://elsewhere.example' } });
    expect(Object.fromEntries(original.headers)).toMatchObject({
      'content-type': contentType,
      'content-length': String(attachment.size),
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'max-age=31536000, immutable',
      'access-control-allow-origin': '*',
    });
    const part = await fetch(url, { headers: { range: 'bytes=0-9' } });
    expect([part.status, (await part.bytes()).length]).toEqual([206, 10]);
    if (!contentType.startsWith('image/')) return expect(thumbnailUrl).toBeUndefined();
    const thumbnail = sharp(await (await fetch(thumbnailUrl)).bytes());
    expect(await thumbnail.metadata()).toMatchObject({ format: 'webp', width: attachment.width });
    expect(attachment.thumbhash).toMatch(/^[A-Za-z0-9+/]+=*$/);
  });
});

describe('leave to upload', () => {
  const refused: readonly (readonly [string, object])[] = [
    ['a type that runs', { contentType: 'image/svg+xml', size: 10 }],
    ['a page', { contentType: 'text/html', size: 10 }],
    ['no bytes', { contentType: 'image/png', size: 0 }],
    ['an image above its limit', { contentType: 'image/png', size: limits.mediaBytes.image + 1 }],
    ['a film above its limit', { contentType: 'video/mp4', size: limits.mediaBytes.video + 1 }],
    ['a name, whatever it is', { contentType: 'image/png', size: 10, name: '../../photo.png.html' }],
    ['a recording above its limit', { contentType: 'audio/ogg', size: limits.mediaBytes.audio + 1 }],
    ['a waveform of a picture', { contentType: 'image/png', size: 10, waveform: 'AAD/' }],
    ['a waveform that is too long', { contentType: 'audio/ogg', size: 10, waveform: 'A'.repeat(92) }],
    ['a waveform that is none', { contentType: 'audio/ogg', size: 10, waveform: '<b>' }],
    [
      'a thumbnail of a picture',
      { contentType: 'image/png', size: 10, thumbnail: { contentType: 'image/png', size: 1 } },
    ],
    ['a checksum that is none', { contentType: 'image/png', size: 10, sha256: 'abc' }],
    ['a film as an avatar', { contentType: 'video/mp4', size: 10, conversationId: undefined, purpose: 'avatar' }],
    ['neither a conversation nor an avatar', { contentType: 'image/png', size: 10, conversationId: undefined }],
  ];
  test.for(refused)('is not given for %s', async ([, request]) => {
    expect((await ann.call('POST /media/upload', { conversationId, ...request })).status).toBe(400);
  });

  test('is given to members only', async () => {
    const request = { contentType: 'image/png', size: 10 };
    expect((await stranger.call('POST /media/upload', { ...request, conversationId })).status).toBe(403);
    expect((await ann.call('POST /media/upload', { ...request, conversationId: v7() })).status).toBe(404);
  });

  test('takes the waveform of a recording, which its messages have then', async () => {
    const [bytes, waveform] = [fixture('voice.ogg'), 'AAD/'];
    const media = await ready(bytes, 'audio/ogg', { conversationId, waveform });
    expect(media).toMatchObject({ status: 'ready', waveform });
  });

  test('ends with the quota of the day', async () => {
    const greedy = await Member.register(ann.endpoints, 'greedy');
    const own = (await greedy.startDirect(ben)).id;
    const request = { contentType: 'video/mp4', size: limits.mediaBytes.video, conversationId: own };
    const times = Math.floor(limits.mediaPerDay.bytes / limits.mediaBytes.video);
    const answers = [];
    for (let i = 0; i <= times; i++) answers.push(await greedy.call('POST /media/upload', request));
    expect(answers.map(({ status }) => status)).toEqual([...Array(times).fill(201), 429]);
    expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('an address to upload to', () => {
  const given = (more: object = {}) =>
    grant(ann, { contentType: 'image/jpeg', size: jpeg.length, conversationId, ...more });
  const isRefused = ({ status }: Response) => expect([400, 403]).toContain(status);

  test('is good for its length only', async () => {
    const upload = await given();
    for (const bytes of [Buffer.alloc(0), jpeg.subarray(1), Buffer.concat([jpeg, Buffer.alloc(1)])])
      isRefused(await put(upload, bytes));
  });

  test('is good for its type only', async () => {
    const upload = await given();
    isRefused(await put(upload, jpeg, { 'content-type': 'text/html' }));
    isRefused(await put(upload, jpeg, {}));
  });

  test.for(['hex', 'base64'] as const)('is good for the bytes of its checksum only, given in %s', async (spelling) => {
    const upload = await given({ sha256: createHash('sha256').update(jpeg).digest(spelling) });
    const other = Buffer.from(jpeg);
    other.writeUInt8(other.readUInt8(40) ^ 1, 40);
    isRefused(await put(upload, other));
    isRefused(await put(upload, jpeg, { 'content-type': 'image/jpeg' }));
    expect((await put(upload, jpeg)).status).toBe(200);
  });

  test('is good for its key, and as it was signed, only', async () => {
    const { upload, ...rest } = await given();
    const changed = [
      upload.url.replace(/uploads\/[^?]+/, `uploads/${v7()}`),
      upload.url.replace(/uploads\/[^?]+/, `media/${v7()}/original`),
      upload.url.replace(/Signature=../, 'Signature=00'),
      upload.url.replace('Expires=300', 'Expires=3000'),
      upload.url.replace(/\?.*/, ''),
    ];
    for (const url of changed) isRefused(await put({ ...rest, upload: { ...upload, url } }, jpeg));
  });
});

test('our page may upload and show files, and who has the signed address may upload from anywhere', async () => {
  const media = await ready();
  const { upload } = await grant(ann, { contentType: 'image/jpeg', size: jpeg.length, conversationId });
  const policy = (await fetch(stack.url)).headers.get('content-security-policy') ?? '';
  const sources = (name: string) => new RegExp(`(?:^|; )${name} ([^;]*)`).exec(policy)?.[1]?.split(' ') ?? [];
  // A source with a path is good for what is below it if it ends with a slash (CSP level 3, "Does url match expression").
  const bucket = sources('connect-src').find((source) => upload.url.startsWith(source));
  expect(bucket).toMatch(/\/$/);
  for (const name of ['img-src', 'media-src']) expect(sources(name)).toContain(new URL(media.url ?? '').origin);

  const preflight = (origin: string) => {
    const asked = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'content-type' };
    return fetch(upload.url, { method: 'OPTIONS', headers: { origin, ...asked } });
  };
  for (const origin of [stack.url, 'https://elsewhere.example'])
    expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBe('*');
});

describe('a film with a thumbnail', () => {
  const granted = async (still: Buffer) => {
    const thumbnail = { contentType: 'image/jpeg', size: still.length };
    const asked = { contentType: 'video/mp4', size: film().length, conversationId, thumbnail };
    const { thumbnail: beside, ...rest } = await grant(ann, asked);
    return { ...rest, beside: { upload: beside ?? expect.unreachable() } };
  };

  test('is shown by it, to those who see the film, and takes it along when it is deleted', async () => {
    const still = await picture(640, 360).jpeg().toBuffer();
    const { beside, ...main } = await granted(still);
    expect((await put(beside, still)).status).toBe(200);
    expect((await put(main, film())).status).toBe(200);
    const id = main.mediaId;
    const isReady = (event: Device['events'][number]) => event.type === 'media' && event.id === id;
    await annsDevice.until((events) => events.some(isReady));
    const thumbhash = expect.stringMatching(/^[A-Za-z0-9+/]+=*$/);
    expect(annsDevice.events.find(isReady)).toMatchObject({ status: 'ready', contentType: 'video/mp4', thumbhash });
    expect(await sees(ben, { id })).toBe(403);

    const { seq } = Object((await send(annsDevice, [id])).ok);
    const [newest] = (await ben.call(`GET /conversations/${conversationId}/messages?limit=1`)).body.messages;
    expect(newest.media).toMatchObject([{ id, width: 640, height: 360, duration: 2.5, thumbhash }]);
    const { thumbnailUrl } = (await ben.call(`GET /media/${id}`)).body;
    const shown = await fetch(thumbnailUrl);
    expect(shown.headers.get('content-type')).toBe('image/webp');
    const { format, width, height } = await sharp(await shown.bytes()).metadata();
    expect({ format, width, height }).toEqual({ format: 'webp', width: 320, height: 180 });
    expect((await fetch(thumbnailUrl.replace(/\?.*/, ''))).status).toBe(403);

    expect(await objects(id)).toHaveLength(2);
    expect(await annsDevice.ask({ action: 'delete', conversationId, seq })).toHaveProperty('ok');
    await expect.poll(() => objects(id)).toEqual([]);
  });

  test('has an address for it that is good for its key, type and length only', async () => {
    const still = await picture().jpeg().toBuffer();
    const { beside } = await granted(still);
    const { upload } = beside;
    const elsewhere = upload.url.replace(/uploaded-thumbnails\/[^?]+/, `uploads/${v7()}`);
    const refused = [
      await put(beside, Buffer.concat([still, Buffer.alloc(1)])),
      await put(beside, still, { 'content-type': 'text/html' }),
      await put({ upload: { ...upload, url: elsewhere } }, still),
    ];
    for (const { status } of refused) expect([400, 403]).toContain(status);
  });

  test('wakes no inspection by it: one that comes without its film goes when the grant lapses', async () => {
    const still = await picture().jpeg().toBuffer();
    const { beside, mediaId } = await granted(still);
    expect((await put(beside, still)).status).toBe(200);
    // What is uploaded afterwards is inspected, and this isn't.
    await ready();
    expect(await objects(mediaId)).toEqual([`uploaded-thumbnails/${mediaId}`]);
    expect((await ann.call(`GET /media/${mediaId}`)).body.status).toBe('pending');
    await deleteRow(mediaId);
    await expect.poll(() => objects(mediaId)).toEqual([]);
  });
});

describe('a message', () => {
  test('may carry text and media, and is the same when it is sent again', async () => {
    const media = [await ready(), await ready()].map(({ id }) => id);
    const message = { id: v7(), text: 'look' };
    const first = await send(annsDevice, media, message);
    expect(first).toHaveProperty('ok');
    expect(await send(annsDevice, media, message)).toEqual(first);
    for (const other of [[...media].reverse(), media.slice(1)])
      expect(await send(annsDevice, other, message)).toMatchObject({ error: { code: 'conflict' } });
    const without = { action: 'message', conversationId, ...message };
    expect(await annsDevice.ask(without)).toMatchObject({ error: { code: 'conflict' } });
  });

  test('carries nothing that is not ready, not there, or not its sender’s to send', async () => {
    const pending = await grant(ann, { contentType: 'image/jpeg', size: 10, conversationId });
    const [rejected, own] = [await ready(Buffer.from('<html></html>')), await ready()];
    const avatar = await ready(jpeg, 'image/jpeg', { purpose: 'avatar' });
    const elsewhere = (await ann.startGroup([ben])).id;
    const there = await ready(jpeg, 'image/jpeg', { conversationId: elsewhere });
    const before = (await ann.call(`GET /conversations/${conversationId}`)).body.lastSeq;
    const code = async (device: Device, id: string) => (await send(device, [id])).error?.code;
    expect(await code(annsDevice, pending.mediaId)).toBe('conflict');
    expect(await code(annsDevice, rejected.id)).toBe('conflict');
    expect(await code(annsDevice, avatar.id)).toBe('not_found');
    expect(await code(annsDevice, there.id)).toBe('not_found');
    expect(await code(annsDevice, v7())).toBe('not_found');
    expect(await code(await ben.open(), own.id)).toBe('not_found');
    expect(await code(await stranger.open(), own.id)).toBe('forbidden');
    expect((await send(annsDevice, [own.id, own.id])).error?.code).toBe('bad_request');
    expect((await annsDevice.ask({ action: 'message', conversationId })).error?.code).toBe('bad_request');
    expect((await ann.call(`GET /conversations/${conversationId}`)).body.lastSeq).toBe(before);
  });

  test('forwards what its sender can see, and shows it to those who read that', async () => {
    const media = await ready();
    await send(annsDevice, [media.id]);
    const other = (await ben.startGroup([stranger])).id;
    const bensDevice = await ben.open();
    expect(await send(bensDevice, [media.id], { conversationId: other })).toHaveProperty('ok');
    expect(await sees(stranger, media)).toBe(200);
    const late = await Member.register(ann.endpoints, 'late');
    await ben.call(`POST /conversations/${other}/members`, { userIds: [late.id] });
    expect(await sees(late, media)).toBe(403);
    await ben.call(`DELETE /conversations/${other}/members/${stranger.id}`);
    expect(await sees(stranger, media)).toBe(403);
  });

  test('takes its media along when it is deleted, unless another one has it', async () => {
    const media = await ready();
    const seqs = [];
    for (let i = 0; i < 2; i++) seqs.push(Object((await send(annsDevice, [media.id])).ok).seq);
    const remove = (seq: number) => annsDevice.ask({ action: 'delete', conversationId, seq });
    expect(await remove(seqs[0])).toHaveProperty('ok');
    expect(await sees(ben, media)).toBe(200);
    expect(await remove(seqs[1])).toHaveProperty('ok');
    expect(await sees(ben, media)).toBe(404);
    await expect.poll(() => objects(media.id)).toEqual([]);
  });
});

describe('a file', () => {
  test('is no more than its row: when that goes, the bytes go', async () => {
    const media = await ready();
    expect((await objects(media.id)).toSorted()).toEqual([
      expect.stringMatching(/^media\/.*\/original$/),
      expect.stringMatching(/^media\/.*\/thumbnail$/),
    ]);
    await deleteRow(media.id);
    await expect.poll(() => objects(media.id)).toEqual([]);
  });

  test('is fetched with a signed address only', async () => {
    const { url = '', id } = await ready();
    const changed = [
      url.replace(/\?.*/, ''),
      url.replace(/Expires=\d+/, 'Expires=9999999999'),
      url.replace(id, v7()),
      url.replace('original', 'thumbnail'),
      url.replace(/Key-Pair-Id=\w+/, 'Key-Pair-Id=K1'),
    ];
    for (const address of changed) expect((await fetch(address)).status).toBe(403);
    for (const path of ['..%2F..', '../users/me', 'x'])
      expect((await ann.call(`GET /media/${encodeURIComponent(path)}`)).status).toBe(404);
    expect(await sees(ann, { id: v7() })).toBe(404);
  });
});

describe('an avatar', () => {
  test('of a person is two squares that anyone may fetch', async () => {
    const avatar = await ready(await picture(300, 200).png().toBuffer(), 'image/png', { purpose: 'avatar' });
    expect(avatar).toMatchObject({ status: 'ready', contentType: 'image/webp', width: 512, height: 512 });
    const { status, body } = await ann.call(`PUT /users/${ann.id}`, { avatarMediaId: avatar.id });
    expect([status, body.avatarUrl]).toEqual([200, avatar.url]);
    expect((await ben.call(`GET /users/${ann.id}`)).body.avatarUrl).toBe(avatar.url);
    expect((await stranger.call(`GET /media/${avatar.id}`)).body).toMatchObject({ url: avatar.url });
    const sides = await Promise.all(
      [avatar.url, avatar.thumbnailUrl].map(async (url = '') => {
        const image = await fetch(url);
        const { width, height, format } = await sharp(await image.bytes()).metadata();
        // For no longer than a day, so that a person who is erased is gone from all caches by then.
        expect(image.headers.get('cache-control')).toBe('public, max-age=86400');
        return [image.headers.get('content-type'), format, width, height];
      }),
    );
    expect(sides).toEqual([
      ['image/webp', 'webp', 512, 512],
      ['image/webp', 'webp', 96, 96],
    ]);

    const next = await ready(jpeg, 'image/jpeg', { purpose: 'avatar' });
    await ann.call(`PUT /users/${ann.id}`, { avatarMediaId: next.id });
    await expect.poll(() => objects(avatar.id)).toEqual([]);
    expect((await ann.call('GET /users/me')).body.avatarUrl).toBe(next.url);
  });

  test('of a group is set by those who run it, and its members learn it live and by sync', async () => {
    const group = (await ann.startGroup([ben])).id;
    const bensDevice = await ben.open();
    const avatar = await ready(jpeg, 'image/jpeg', { purpose: 'avatar' });
    const change = (who: Member, avatarMediaId: string) => who.call(`PATCH /conversations/${group}`, { avatarMediaId });
    expect((await change(ben, avatar.id)).status).toBe(403);
    expect((await change(ann, avatar.id)).body.avatarUrl).toBe(avatar.url);
    const told = { type: 'conversation', conversationId: group, avatarUrl: avatar.url };
    await bensDevice.until((events) => events.some((event) => event.type === 'conversation'));
    expect(bensDevice.events).toMatchObject([told]);
    const synced = (await ben.call('POST /sync', { cursors: { [group]: 0 } })).body.conversations[0];
    expect(synced.events.at(-1)).toMatchObject(told);
    expect((await ben.call(`GET /conversations/${group}`)).body.avatarUrl).toBe(avatar.url);
  });

  test('is an image of one’s own that was uploaded as one, and nothing else', async () => {
    const [photo, rejected] = [await ready(), await ready(Buffer.from('GIF89a'), 'image/gif', { purpose: 'avatar' })];
    const avatar = await ready(jpeg, 'image/jpeg', { purpose: 'avatar' });
    expect(rejected.status).toBe('rejected');
    for (const { id } of [photo, rejected])
      expect((await ann.call(`PUT /users/${ann.id}`, { avatarMediaId: id })).status).toBe(404);
    expect((await ben.call(`PUT /users/${ben.id}`, { avatarMediaId: avatar.id })).status).toBe(404);
  });
});

import { crc32 } from 'node:zlib';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import sharp, { type Sharp } from 'sharp';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMedia } from '#adapters/dynamo/media/media.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { cleanThumbnail, cleanWithin } from '#adapters/media/clean.ts';
import { createMediaFiles } from '#adapters/s3/media-files.ts';
import { createUploads } from '#adapters/s3/uploads.ts';
import { type InspectPorts, inspect } from '#core/media/inspect.ts';
import { objectKeys } from '#core/media/media.ts';
import { Uploads } from '#lambdas/inspect/uploads.ts';
import { handlers, startService } from '#local/services/index.ts';
import { testWorld } from '#local/test/helpers/world.ts';
import { limits } from '#protocol/limits.ts';
import type { MediaType, RejectReason } from '#protocol/media.ts';
import { mediaTable, startChatTables } from '#test/helpers/chat.ts';
import { animation, clip, film, fixture, photo, picture } from '#test/helpers/files.ts';

const world = testWorld({ startService });
const bucket = 'media';
const conversationId = v7();
let tables: Awaited<ReturnType<typeof startChatTables>>;
let store: ReturnType<typeof createMedia>;
let files: ReturnType<typeof createMediaFiles>;
let presign: ReturnType<typeof createUploads>;

beforeAll(async () => {
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_S3: await world.endpoint('S3'),
  });
  const type = 'AWS::S3::Bucket';
  const resource = { stack: 'S', logicalId: 'Media', type, properties: { BucketName: bucket } };
  await handlers.find(({ types }) => types.includes(type))?.create(resource, world);
  tables = await startChatTables();
  store = createMedia(tables.client, createTable(tables.client, mediaTable.TableName));
  [files, presign] = [createMediaFiles(bucket), createUploads(bucket)];
});
afterAll(async () => {
  await tables.stop();
  await world[Symbol.asyncDispose]();
});

const now = Date.now();

async function granted(contentType: MediaType, size: number, isAvatar = false, more: object = {}): Promise<string> {
  const id = v7();
  const owner = { ownerId: v7(), ...(!isAvatar && { conversationId }) };
  await store.add({ id, ...owner, status: 'pending', contentType, size, uses: 0, expiresAt: 2 * now, ...more });
  return id;
}

async function put(id: string, bytes: Buffer, contentType: MediaType, key = objectKeys.upload(id)): Promise<void> {
  const { url, headers } = await presign({ key, contentType, size: bytes.length }, 300);
  const { status } = await fetch(url, { method: 'PUT', headers, body: new Uint8Array(bytes) });
  expect(status).toBe(200);
}

const reasons = new Map<string, string>();
const cleanFile = cleanWithin(60_000);
const run = (id: string, ports: Partial<InspectPorts> = {}, at = now, isLastTry = false) =>
  inspect(
    {
      ...{ store, files, clean: cleanFile, cleanThumbnail },
      rejected: (media, { message }) => reasons.set(media.id, message),
      thumbnailRejected: (media, error) => reasons.set(media.id, String(error)),
      ...ports,
    },
    id,
    at,
    now,
    isLastTry,
  );

/** The outcome of an upload with these bytes and this declared type. */
async function inspected(bytes: Buffer, contentType: MediaType, isAvatar = false) {
  const id = await granted(contentType, bytes.length, isAvatar);
  await put(id, bytes, contentType);
  const outcome = await run(id);
  expect(outcome).toHaveProperty('settled');
  expect(await files.uploaded(id)).toBeUndefined();
  const media = await store.get(id);
  return { id, media, keys: (await Promise.all(objectKeys.foldersOf(id).map(files.keysBelow))).flat() };
}

const stored = async (key: string) => {
  const got = await new S3Client({}).send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return Buffer.from((await got.Body?.transformToByteArray()) ?? []);
};

const bomb = () => picture(12_000, 10_000).png().toBuffer();
const jpeg = () => picture(200, 150).jpeg().toBuffer();
const archive = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)]);

/** A PNG whose header says that it has this size (PNG specification, section 11.2.1). */
async function resized(width: number, height: number): Promise<Buffer> {
  const png = await picture().png().toBuffer();
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
  return png;
}

/** An animated WebP with small frames on a canvas of this side (RFC 9649, section 2.7, `VP8X`). */
async function canvas(frames: number, side: number): Promise<Buffer> {
  const webp = await sharp(await animation(frames), { animated: true })
    .webp()
    .toBuffer();
  webp.writeUIntLE(side - 1, 24, 3);
  webp.writeUIntLE(side - 1, 27, 3);
  return webp;
}

/** A PNG with an SVG in a text chunk, as programs for diagrams write it. */
async function drawn(): Promise<Buffer> {
  const png = await picture().png().toBuffer();
  const body = Buffer.from('tEXtsource\0<svg xmlns="http://www.w3.org/2000/svg"></svg>', 'latin1');
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length - 4);
  sum.writeUInt32BE(crc32(body));
  // The first chunk, `IHDR`, ends after 33 bytes.
  return Buffer.concat([png.subarray(0, 33), length, body, sum, png.subarray(33)]);
}

describe('what is rejected, and deleted', () => {
  const hostile: readonly (readonly [string, MediaType, () => Promise<Buffer> | Buffer, RejectReason?])[] = [
    ['a film that is said to be an image', 'image/avif', () => film(), 'other_type'],
    ['an image that is said to be a film', 'video/mp4', jpeg, 'other_type'],
    ['a page', 'image/png', () => Buffer.from('<!doctype html><script>alert(1)</script>'), 'other_type'],
    [
      'a drawing that runs',
      'image/png',
      () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>'),
      'other_type',
    ],
    ['a program', 'image/gif', () => Buffer.concat([Buffer.from('\x7fELF'), Buffer.alloc(100)]), 'other_type'],
    ['a page in the coat of a GIF', 'image/gif', () => Buffer.from('GIF89a/*<html><script>*/=1'), 'other_type'],
    [
      'an image that is an archive, too',
      'image/jpeg',
      async () => Buffer.concat([await jpeg(), archive]),
      'other_type',
    ],
    [
      'an image that is a page, too',
      'image/png',
      async () => Buffer.concat([await picture().png().toBuffer(), Buffer.from('<html>')]),
      'other_type',
    ],
    [
      'an image with a script in its comment',
      'image/jpeg',
      () =>
        picture()
          .withExif({ IFD0: { ImageDescription: '<script>alert(1)</script>' } })
          .jpeg()
          .toBuffer(),
      'other_type',
    ],
    ['a film with a page behind it', 'video/mp4', () => Buffer.concat([film(), Buffer.from('<html><script>')])],
    ['a film with an archive behind it', 'video/webm', () => Buffer.concat([clip(), archive])],
    ['more pixels than memory', 'image/png', () => bomb(), 'too_many_pixels'],
    ['a side that is too long', 'image/png', () => resized(1, 39_000_000), 'too_many_pixels'],
    ['a bitmap', 'image/png', () => Buffer.concat([Buffer.from('BM'), Buffer.alloc(100)]), 'unsupported'],
    ['an animation of more pixels than memory', 'image/webp', () => canvas(2, 10_000), 'too_many_pixels'],
    ['a head without a body', 'image/png', async () => (await picture().png().toBuffer()).subarray(0, 30)],
  ];
  test.for(hostile)('%s', async ([, contentType, make, reason = 'damaged']) => {
    const { id, media, keys } = await inspected(await make(), contentType);
    expect(media).toMatchObject({ status: 'rejected', reason });
    expect(reasons.get(id)).toEqual(expect.any(String));
    expect(keys).toEqual([]);
  });

  const cut: readonly (readonly [MediaType, () => Promise<Buffer> | Buffer])[] = [
    ['image/jpeg', jpeg],
    ['image/png', () => picture(200, 150).png().toBuffer()],
    ['image/gif', () => animation()],
    ['image/webp', () => picture(200, 150).webp().toBuffer()],
    ['image/avif', () => picture(200, 150).avif().toBuffer()],
    ['video/mp4', () => film()],
    ['video/quicktime', () => film({ brand: 'qt  ' })],
    ['video/webm', () => clip()],
  ];
  test.for(cut)('%s that is cut off', async ([contentType, make]) => {
    const whole = await make();
    for (const part of [0.4, 0.9]) {
      const { media } = await inspected(whole.subarray(0, Math.ceil(part * whole.length)), contentType);
      expect([part, media?.status]).toEqual([part, 'rejected']);
    }
  });

  test('what is not as long as it was said to be', async () => {
    const bytes = await jpeg();
    const id = await granted('image/jpeg', bytes.length + 1);
    await put(id, bytes, 'image/jpeg');
    await run(id);
    expect((await store.get(id))?.status).toBe('rejected');
  });
});

describe('what is left of a file', () => {
  test('an image is upright, and nobody is told where and with what it was taken', async () => {
    const bytes = await photo(64, 48);
    expect((await sharp(bytes).metadata()).exif?.includes('Camera of Ann')).toBe(true);
    const { media, keys } = await inspected(bytes, 'image/jpeg');
    expect(media).toMatchObject({ status: 'ready', width: 48, height: 64 });
    expect(keys).toHaveLength(2);
    for (const key of keys) {
      const { exif, xmp, iptc, orientation } = await sharp(await stored(key)).metadata();
      expect({ exif, xmp, iptc, orientation }).toEqual({});
    }
  });

  test('an animation still moves', async () => {
    const { keys } = await inspected(await animation(4), 'image/gif');
    const original = keys.find((key) => key.endsWith('original')) ?? '';
    expect((await sharp(await stored(original), { animated: true }).metadata()).pages).toBe(4);
  });

  test.each([
    ['video/mp4', film],
    ['video/webm', clip],
  ] as const)('%s doesn’t say where it was filmed', async (contentType, make) => {
    expect(make().includes('+52.5200')).toBe(true);
    const { keys } = await inspected(make(), contentType);
    expect((await stored(keys[0] ?? '')).includes('+52.5200')).toBe(false);
  });

  test('the largest image is taken', async () => {
    const [width, height] = [8_000, limits.imagePixels / 8_000];
    const { media } = await inspected(await picture(width, height).png().toBuffer(), 'image/png');
    expect(media).toMatchObject({ status: 'ready', width, height });
  });

  test('an avatar is the middle of an image', async () => {
    const { media, keys } = await inspected(await photo(300, 200), 'image/jpeg', true);
    expect(media).toMatchObject({ status: 'ready', contentType: 'image/webp', width: 512, height: 512 });
    expect(keys.map((key) => key.split('/').at(-1)).toSorted()).toEqual(['512.webp', '96.webp']);
  });
});

describe('what is taken by its bytes, whatever it is said to be', () => {
  const files: readonly (readonly [string, MediaType, () => Promise<Buffer> | Buffer, MediaType])[] = [
    ['a WebP named .jpg', 'image/jpeg', () => picture().webp().toBuffer(), 'image/webp'],
    ['a PNG named .jpg', 'image/jpeg', () => picture().png().toBuffer(), 'image/png'],
    ['a JPEG named .png', 'image/png', jpeg, 'image/jpeg'],
    ['an AVIF named .gif', 'image/gif', () => picture().avif().toBuffer(), 'image/avif'],
    ['QuickTime named .mp4', 'video/mp4', () => film({ brand: 'qt  ' }), 'video/quicktime'],
    ['3GP named .mp4', 'video/mp4', () => film({ brand: '3gp5' }), 'video/mp4'],
    ['MP4 named .mov', 'video/quicktime', () => film(), 'video/mp4'],
    ['M4V', 'video/mp4', () => film({ brand: 'M4V ' }), 'video/mp4'],
    ['WebM named .mp4', 'video/mp4', () => clip(), 'video/webm'],
    ['MP4 with bytes behind it', 'video/mp4', () => Buffer.concat([film(), Buffer.alloc(3)]), 'video/mp4'],
    ['MP4 with text behind it', 'video/mp4', () => Buffer.concat([film(), Buffer.from('camera 1.0.2')]), 'video/mp4'],
    ['a GIF without a trailer', 'image/gif', async () => (await animation()).subarray(0, -1), 'image/gif'],
    ['a PNG with a drawing in a text', 'image/png', drawn, 'image/png'],
  ];
  test.for(files)('%s', async ([, declared, make, contentType]) => {
    const { id, media } = await inspected(await make(), declared);
    expect([media?.status, reasons.get(id)]).toEqual(['ready', undefined]);
    expect(media?.contentType).toBe(contentType);
  });

  test('bytes behind a film aren’t served', async () => {
    const { media, keys } = await inspected(Buffer.concat([film(), Buffer.from('camera 1.0.2')]), 'video/mp4');
    expect((await stored(keys[0] ?? '')).length).toBe(film().length);
    expect(media?.size).toBe(film().length);
  });

  test('a picture of a phone with 48 megapixels is scaled down', async () => {
    const bytes = await picture(8_064, 6_048).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const { media } = await inspected(bytes, 'image/jpeg');
    expect(media).toMatchObject({ status: 'ready', width: 5_477, height: 7_302 });
    expect(5_477 * 7_302).toBeLessThanOrEqual(limits.imagePixels);
  });

  test('an animation of too many pixels is scaled down, and keeps its frames', async () => {
    const { media, keys } = await inspected(await canvas(3, 4_000), 'image/webp');
    expect(media).toMatchObject({ status: 'ready', width: 3_651, height: 3_651 });
    const original = keys.find((key) => key.endsWith('original')) ?? '';
    expect((await sharp(await stored(original), { animated: true }).metadata()).pages).toBe(3);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'an animated WebP with orientation %i is upright, and plays forwards',
    async (orientation) => {
      const corner = (colour: string) =>
        picture(32, 16)
          .composite([{ input: { create: { width: 8, height: 4, channels: 3, background: colour } }, left: 0, top: 0 }])
          .png()
          .toBuffer();
      const pages = await Promise.all(['#00f', '#0f0', '#fff'].map(corner));
      const webp = await sharp(pages, { join: { animated: true } })
        .withMetadata({ orientation })
        .webp({ delay: [100, 200, 300], lossless: true })
        .toBuffer();
      const { media, keys } = await inspected(webp, 'image/webp');
      const sides = orientation > 4 ? { width: 16, height: 32 } : { width: 32, height: 16 };
      expect(media).toMatchObject({ status: 'ready', ...sides });
      const original = await stored(keys.find((key) => key.endsWith('original')) ?? '');
      expect((await sharp(original, { animated: true }).metadata()).delay).toEqual([100, 200, 300]);
      for (const [page, still] of pages.entries()) {
        const turned = await sharp(still).withMetadata({ orientation }).png().toBuffer();
        // The edges of colours are blurred by the encoding, so larger pieces are compared.
        const pieces = (image: Sharp) =>
          image.removeAlpha().resize(4, 4, { fit: 'fill', kernel: 'linear' }).raw().toBuffer();
        const wanted = await pieces(sharp(await sharp(turned).autoOrient().toBuffer()));
        const found = await pieces(sharp(original, { page }));
        const furthest = wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - (found[i] ?? 0))), 0);
        expect(furthest).toBeLessThan(60);
      }
    },
  );
});

describe('the thumbnail of a film', () => {
  const still = () => picture(640, 480).jpeg().toBuffer();
  const putStill = (id: string, bytes: Buffer) => put(id, bytes, 'image/jpeg', objectKeys.uploadedThumbnail(id));
  const film = fixture('film.mp4');
  const uploaded = async (thumbnail: Buffer | undefined, bytes = film) => {
    const id = await granted('video/mp4', bytes.length, false, { thumbnailSize: thumbnail?.length ?? 1 });
    if (thumbnail) await putStill(id, thumbnail);
    await put(id, bytes, 'video/mp4');
    return id;
  };
  const result = async (id: string, ports: Partial<InspectPorts> = {}) => {
    await run(id, ports);
    expect([await files.uploaded(id), await files.uploadedThumbnail(id)]).toEqual([undefined, undefined]);
    const media = await store.get(id);
    const keys = await files.keysBelow(`media/${id}/`);
    return { media, keys: keys.map((key) => key.split('/').at(-1)), thumbnail: keys[1] ?? '' };
  };

  test('is made of the uploaded picture, upright, small, and without what stood beside its pixels', async () => {
    const { media, keys, thumbnail } = await result(await uploaded(await photo(640, 480)));
    expect(media).toMatchObject({ status: 'ready', width: 64, height: 48, thumbhash: expect.any(String) });
    expect(keys).toEqual(['original', 'thumbnail']);
    const { format, width, height, exif, orientation } = await sharp(await stored(thumbnail)).metadata();
    expect({ format, width, height, exif, orientation }).toEqual({ format: 'webp', width: 240, height: 320 });
  });

  test('is that of the first one if it is animated', async () => {
    const moving = await sharp(await animation(3), { animated: true })
      .webp()
      .toBuffer();
    const { media, thumbnail } = await result(await uploaded(moving));
    expect(media?.thumbhash).toEqual(expect.any(String));
    expect((await sharp(await stored(thumbnail)).metadata()).pages).toBeUndefined();
  });

  const useless: readonly (readonly [string, () => Promise<Buffer> | Buffer | undefined])[] = [
    ['was not uploaded', () => undefined],
    ['is empty of any picture', () => Buffer.alloc(500)],
    ['is cut off', async () => (await still()).subarray(0, 800)],
    ['is a page', () => Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['is an archive, too', async () => Buffer.concat([await still(), archive])],
    ['is a drawing that runs', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>')],
    ['is of another type', () => animation()],
    ['is a film', () => film],
    ['has more pixels than a thumbnail may have', () => picture(2_001, 2_000).png().toBuffer()],
    ['says that it has more pixels than memory', () => resized(60_000, 60_000)],
    ['has a side that is too long', () => resized(1, 39_000_000)],
    ['has a head without a body', async () => (await picture().png().toBuffer()).subarray(0, 30)],
  ];
  test.for(useless)('that %s is left out, and the film taken', async ([, make]) => {
    const bytes = await make();
    const id = await uploaded(bytes);
    const { media, keys } = await result(id);
    expect(media).toMatchObject({ status: 'ready', contentType: 'video/mp4', size: film.length });
    expect(media?.thumbhash).toBeUndefined();
    expect(keys).toEqual(['original']);
    expect(reasons.has(id)).toBe(bytes !== undefined);
  });

  test('is not looked at if none was granted, or if it is not as long as it was said to be', async () => {
    const bytes = await still();
    const id = await granted('video/mp4', film.length);
    await putStill(id, bytes);
    await put(id, film, 'video/mp4');
    expect((await result(id)).keys).toEqual(['original']);
    const longer = await granted('video/mp4', film.length, false, { thumbnailSize: bytes.length - 1 });
    await putStill(longer, bytes);
    await put(longer, film, 'video/mp4');
    expect((await result(longer)).keys).toEqual(['original']);
  });

  test('goes with the film where that is rejected, and where it has no pictures', async () => {
    const damaged = await result(await uploaded(await still(), film.subarray(0, 500)));
    expect([damaged.media?.status, damaged.keys]).toEqual(['rejected', []]);
    const sound = await result(await uploaded(await still(), fixture('voice-fragmented.mp4')));
    expect(sound.media).toMatchObject({ status: 'ready', contentType: 'audio/mp4' });
    expect([sound.media?.thumbhash, sound.keys]).toEqual([undefined, ['original']]);
  });

  test('is the one that was looked at, whatever is uploaded over it meanwhile and afterwards', async () => {
    const id = await uploaded(await still());
    const other = Buffer.concat([await picture(20, 20).jpeg().toBuffer(), Buffer.alloc(9_000)]);
    const late: Partial<InspectPorts> = {
      // Another run settles the film while this one is at it, and this one has read another thumbnail.
      files: {
        ...files,
        uploadedThumbnail: async (one) => {
          const first = await files.uploadedThumbnail(one);
          return first && { ...first, version: 'other', read: async () => other };
        },
      },
      cleanThumbnail: async (bytes) => {
        await run(id);
        return cleanThumbnail(bytes);
      },
    };
    await run(id, late);
    const media = await store.get(id);
    const shown = await stored(objectKeys.thumbnail(id, media?.version ?? ''));
    expect((await sharp(shown).metadata()).width).toBe(320);
    expect(media?.thumbhash).toBe((await cleanThumbnail(await still())).thumbhash);
    await putStill(id, await picture(640, 480).png().toBuffer());
    await run(id);
    expect((await stored(objectKeys.thumbnail(id, media?.version ?? ''))).equals(shown)).toBe(true);
  });
});

describe('events of uploads', () => {
  test('end with the last try, which settles a file that no try could', async () => {
    const bytes = await jpeg();
    const id = await granted('image/jpeg', bytes.length);
    await put(id, bytes, 'image/jpeg');
    const dying = { clean: () => Promise.reject(new Error('out of memory')) };
    await expect(run(id, dying)).rejects.toThrow('out of memory');
    expect((await store.get(id))?.status).toBe('pending');
    const outcome = await run(id, dying, now, true);
    expect(outcome).toMatchObject({ settled: { status: 'rejected', reason: 'too_slow' } });
    expect(await files.uploaded(id)).toBeUndefined();
  });

  test('come twice, at once and after one another, and change nothing', async () => {
    const bytes = await jpeg();
    const id = await granted('image/jpeg', bytes.length);
    await put(id, bytes, 'image/jpeg');
    const outcomes = await Promise.all([run(id), run(id), run(id)]);
    expect(outcomes.some((outcome) => typeof outcome === 'object')).toBe(true);
    const settled = await store.get(id);
    expect(settled?.status).toBe('ready');
    expect(await run(id)).toEqual({ settled });
    expect(await files.keysBelow(`media/${id}/`)).toHaveLength(2);
  });

  test('come again after a death half-way, wherever that was', async () => {
    const bytes = await jpeg();
    const deaths: Partial<InspectPorts>[] = [
      { files: { ...files, put: () => Promise.reject(new Error('died')) } },
      { store: { ...store, settle: () => Promise.reject(new Error('died')) } },
      { files: { ...files, remove: () => Promise.reject(new Error('died')) } },
    ];
    for (const death of deaths) {
      const id = await granted('image/jpeg', bytes.length);
      await put(id, bytes, 'image/jpeg');
      await expect(run(id, death)).rejects.toThrow('died');
      expect(await run(id)).toMatchObject({ settled: { status: 'ready' } });
      expect(await files.uploaded(id)).toBeUndefined();
    }
  });

  test('come before the row: they wait for it, but not for ever', async () => {
    const bytes = await jpeg();
    const id = v7();
    await put(id, bytes, 'image/jpeg');
    expect(await run(id)).toBe('unknown');
    expect(await files.uploaded(id)).toBeDefined();
    expect(await run(id, {}, now - 3_600_000)).toBe('gone');
    expect(await files.uploaded(id)).toBeUndefined();
  });

  test('of an upload over a file that was looked at already change nothing of it', async () => {
    const [good, small] = [await jpeg(), await picture(20, 20).jpeg().toBuffer()];
    // These bytes are valid and have the same length.
    const other = Buffer.concat([small, Buffer.alloc(good.length - small.length)]);
    expect((await inspected(other, 'image/jpeg')).media?.status).toBe('ready');
    const { id, media, keys } = await inspected(good, 'image/jpeg');
    await put(id, other, 'image/jpeg');
    expect(await run(id)).toEqual({ settled: media });
    expect(await files.keysBelow(`media/${id}/`)).toEqual(keys);
    expect(await files.uploaded(id)).toBeUndefined();
  });

  test('of two uploads at once: the first to be settled stands, with its own bytes', async () => {
    const good = await jpeg();
    const bad = Buffer.alloc(good.length, 1);
    const id = await granted('image/jpeg', good.length);
    await put(id, good, 'image/jpeg');
    const [pending, first] = [await store.get(id), await files.uploaded(id)];
    await put(id, bad, 'image/jpeg');
    await run(id);
    // Another run has read the valid bytes before.
    const slow = { ...files, uploaded: async () => first && { ...first, read: async () => good } };
    const asItWas = { ...store, get: async () => pending };
    await run(id, { store: asItWas, files: slow });
    expect(await store.get(id)).toEqual({ ...pending, status: 'rejected', reason: 'other_type' });
  });

  test('are told apart from what S3 sends to try the queue out', () => {
    expect(Uploads.parse({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'b' })).toEqual([]);
    const id = v7();
    const event = (key: string) => ({
      Records: [{ eventTime: '2026-11-22T10:00:00.000Z', s3: { object: { key } } }],
    });
    expect(Uploads.parse(event(`uploads/${id}`))).toEqual([{ mediaId: id, at: Date.parse('2026-11-22T10:00:00Z') }]);
    for (const key of [
      `uploads/../${id}`,
      `uploads/${id}/x`,
      `uploaded-thumbnails/${id}`,
      `media/${id}`,
      'uploads/%2e%2e%2f',
    ])
      expect(Uploads.parse(event(key))).toEqual([]);
  });
});

test('an address to upload to is refused when its time is over', async () => {
  const bytes = await jpeg();
  const { url, headers } = await presign({ key: 'uploads/late', contentType: 'image/jpeg', size: bytes.length }, 1);
  const late = async () => (await fetch(url, { method: 'PUT', headers, body: new Uint8Array(bytes) })).status;
  await expect.poll(late).toBe(403);
});

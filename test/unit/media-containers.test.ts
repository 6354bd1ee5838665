import fc from 'fast-check';
import { v7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { hasActiveContent } from '#adapters/media/active-content.ts';
import { cleanWithin } from '#adapters/media/clean.ts';
import { gifFrames } from '#adapters/media/gif.ts';
import { cleanMp4 } from '#adapters/media/mp4.ts';
import { cleanWebm } from '#adapters/media/webm.ts';
import { Rejection } from '#core/media/rejection.ts';
import type { MediaType } from '#protocol/media.ts';
import { animation, box, clip, element, film, picture, webpChunk } from '#test/helpers/files.ts';

const mp4 = (bytes: Buffer) => cleanMp4(bytes).facts;
const place = '+52.5200+013.4050/';

describe.each([
  ['MP4', mp4, () => film()],
  ['QuickTime', mp4, () => film({ brand: 'qt  ' })],
  ['WebM', cleanWebm, () => clip()],
  ['WebM, recorded live', cleanWebm, () => clip({ live: true })],
] as const)('%s', (_, clean, make) => {
  test('keeps its length and its pictures, and loses where it was filmed', () => {
    const [before, after] = [make(), make()];
    clean(after);
    expect(before.includes(place)).toBe(true);
    expect(after.includes(place)).toBe(false);
    expect(after.length).toBe(before.length);
    expect(after.includes(Buffer.alloc(256, 7))).toBe(true);
  });

  test('is the same when it is cleaned again', () => {
    const once = make();
    const facts = clean(once);
    const twice = Buffer.from(once);
    expect(clean(twice)).toEqual(facts);
    expect(twice).toEqual(once);
  });

  test('is refused when it is cut off', () => {
    const whole = make();
    for (const part of [0.1, 0.5, 0.95])
      expect(() => clean(whole.subarray(0, Math.floor(part * whole.length)))).toThrow(Rejection);
    expect(() => clean(whole.subarray(0, -1))).toThrow(Rejection);
  });

  test('is read to an end, whatever is in it', () => {
    const whole = make();
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 20 });
    fc.assert(
      fc.property(damage, fc.nat(whole.length), (changes, length) => {
        const damaged = Buffer.from(whole.subarray(0, length));
        for (const [at, value] of changes) if (at < length) damaged[at] = value;
        try {
          clean(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(Rejection);
        }
        expect(damaged.length).toBe(length);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a film', () => {
  test('that was filmed upright is told as it is shown', () => {
    expect(mp4(film({ width: 640, height: 360, turned: true }))).toMatchObject({ width: 360, height: 640 });
  });

  test.each([
    ['a page behind it', Buffer.concat([film(), Buffer.from('<html><script>')])],
    ['no pictures', Buffer.concat([box('ftyp', Buffer.from('isom')), box('mdat', Buffer.alloc(64))])],
    ['two films in one', Buffer.concat([film(), film()])],
  ])('with %s is refused', (_, bytes) => expect(() => cleanMp4(bytes)).toThrow(Rejection));

  test('of Matroska is none of WebM', () => {
    const header = element(0x1a45dfa3, element(0x4282, Buffer.from('matroska')));
    expect(() => cleanWebm(Buffer.concat([header, element(0x18538067, Buffer.alloc(0))]))).toThrow(Rejection);
  });

  test('of WebM with more behind it is refused', () => {
    expect(() => cleanWebm(Buffer.concat([clip(), Buffer.from('PK\x03\x04')]))).toThrow(Rejection);
  });

  test('loses another file that is packed between its boxes', () => {
    const script = Buffer.from('<script>alert(1)</script>');
    const bytes = Buffer.concat([film(), box('skip', script), box('evil', script)]);
    cleanMp4(bytes);
    expect(bytes.includes('script')).toBe(false);
  });
});

describe('a GIF', () => {
  test('is whole behind a frame, with a trailer or without, and only there', async () => {
    const gif = await animation(3);
    expect(gifFrames(gif)).toBe(3);
    expect(gifFrames(gif.subarray(0, -1))).toBe(3);
    const counted = Array.from(gif.subarray(1), (_, length) => {
      try {
        return gifFrames(gif.subarray(0, length + 1));
      } catch (error) {
        expect(error).toBeInstanceOf(Rejection);
        return 0;
      }
    });
    expect(counted.filter((frames) => frames > 0).length).toBeLessThan(10);
  });
});

describe('what one file costs', () => {
  const hundredMegabytes = 100 * 1024 * 1024;
  const ended = (bytes: Buffer, contentType: MediaType) =>
    cleanWithin(60_000)({ ...pending, contentType }, 'v', bytes).then(
      () => 'ready',
      (error) => (error instanceof Rejection ? error.reason : error),
    );
  const pending = { id: v7(), ownerId: v7(), conversationId: v7(), status: 'pending', size: 0, uses: 0 } as const;
  const voids = Buffer.alloc(hundredMegabytes, Buffer.from([0xec, 0x80]));
  const boxes = Buffer.alloc(hundredMegabytes, Buffer.from('\0\0\0\bfree', 'latin1'));
  const webmHeader = (more = Buffer.alloc(0)) => element(0x1a45dfa3, more, element(0x4282, Buffer.from('webm')));
  const ftyp = box('ftyp', Buffer.from('isom'), Buffer.alloc(4));
  const tiny = (frames: number) => {
    const frame = Buffer.concat([Buffer.alloc(16), webpChunk('VP8L', Buffer.from('2f00000000880888', 'hex'))]);
    const body = Array<Buffer>(frames).fill(webpChunk('ANMF', frame));
    const head = webpChunk('VP8X', Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    return webpChunk('RIFF', Buffer.concat([Buffer.from('WEBP'), head, webpChunk('ANIM', Buffer.alloc(6)), ...body]));
  };

  test.each<[string, MediaType, () => Buffer, string]>([
    [
      'WebM of empty elements',
      'video/webm',
      () => Buffer.concat([webmHeader(), element(0x18538067, voids)]),
      'too_slow',
    ],
    ['a header of empty elements', 'video/webm', () => webmHeader(voids), 'other_type'],
    ['MP4 of empty boxes', 'video/mp4', () => Buffer.concat([ftyp, boxes]), 'too_slow'],
    ['a movie of empty boxes', 'video/mp4', () => Buffer.concat([ftyp, box('moov', boxes)]), 'too_slow'],
    ['WebP of tiny frames', 'image/webp', () => tiny(60_000), 'too_slow'],
  ])('is bounded: %s', async (_, contentType, make, reason) => {
    const bytes = make();
    const before = process.memoryUsage().heapUsed;
    expect(await ended(bytes, contentType)).toBe(reason);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 * 1024 * 1024);
  });

  test('is bounded in time: what takes longer is rejected', async () => {
    const bytes = await picture(2_000, 2_000).png().toBuffer();
    await expect(cleanWithin(1)({ ...pending, contentType: 'image/png' }, 'v', bytes)).rejects.toMatchObject({
      reason: 'too_slow',
    });
  });
});

describe('active content', () => {
  const archive = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)]);
  const pixels = Buffer.alloc(4096, 0xd8);

  test.each([
    ['a page', Buffer.from('<!DOCTYPE html>')],
    ['a script', Buffer.from('<SCRIPT src=x>')],
    ['PHP', Buffer.from('<?php system($_GET[0]);')],
    ['an archive', archive],
    ['an archive with a comment', Buffer.concat([archive.subarray(0, 20), Buffer.from([2, 0]), Buffer.from('hi')])],
  ])('is seen behind an image: %s', (_, other) => {
    expect(hasActiveContent(Buffer.concat([pixels, other]))).toBe(true);
  });

  test('is a PDF where programs look for one', () => {
    expect(hasActiveContent(Buffer.concat([Buffer.alloc(900), Buffer.from('%PDF-1.7')]))).toBe(true);
    expect(hasActiveContent(Buffer.concat([pixels, Buffer.from('%PDF-1.7')]))).toBe(false);
  });

  test('is not the drawing that a program for diagrams adds to its picture', () => {
    expect(
      hasActiveContent(Buffer.concat([pixels, Buffer.from('<svg xmlns="http://www.w3.org/2000/svg">'), pixels])),
    ).toBe(false);
  });

  test('is not what pixels have by chance', () => {
    expect(hasActiveContent(Buffer.concat([pixels, Buffer.from('<body>'), pixels]))).toBe(false);
  });

  test('is not what cameras write', () => {
    const xmp = Buffer.from('<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF/></x:xmpmeta>');
    expect(hasActiveContent(Buffer.concat([pixels, xmp, pixels, film()]))).toBe(false);
  });
});

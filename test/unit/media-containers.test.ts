import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasActiveContent } from '#adapters/media/active-content.ts';
import { assertWholeGif } from '#adapters/media/gif.ts';
import { cleanMp4 } from '#adapters/media/mp4.ts';
import { cleanWebm } from '#adapters/media/webm.ts';
import { Malformed } from '#core/media/malformed.ts';
import { animation, box, clip, element, film } from '#test/helpers/files.ts';

const place = '+52.5200+013.4050/';

describe.each([
  ['MP4', cleanMp4, () => film()],
  ['QuickTime', cleanMp4, () => film({ brand: 'qt  ' })],
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
      expect(() => clean(whole.subarray(0, Math.floor(part * whole.length)))).toThrow(Malformed);
    expect(() => clean(whole.subarray(0, -1))).toThrow(Malformed);
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
          expect(error).toBeInstanceOf(Malformed);
        }
        expect(damaged.length).toBe(length);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a film', () => {
  test('that was filmed upright is told as it is shown', () => {
    expect(cleanMp4(film({ width: 640, height: 360, turned: true }))).toMatchObject({ width: 360, height: 640 });
  });

  test.each([
    ['a page behind it', Buffer.concat([film(), Buffer.from('<html><script>')])],
    ['no pictures', Buffer.concat([box('ftyp', Buffer.from('isom')), box('mdat', Buffer.alloc(64))])],
    ['two films in one', Buffer.concat([film(), film()])],
  ])('with %s is refused', (_, bytes) => expect(() => cleanMp4(bytes)).toThrow(Malformed));

  test('of Matroska is none of WebM', () => {
    const header = element(0x1a45dfa3, element(0x4282, Buffer.from('matroska')));
    expect(() => cleanWebm(Buffer.concat([header, element(0x18538067, Buffer.alloc(0))]))).toThrow(Malformed);
  });

  test('of WebM with more behind it is refused', () => {
    expect(() => cleanWebm(Buffer.concat([clip(), Buffer.from('PK\x03\x04')]))).toThrow(Malformed);
  });

  test('loses another file that is packed between its boxes', () => {
    const script = Buffer.from('<script>alert(1)</script>');
    const bytes = Buffer.concat([film(), box('skip', script), box('evil', script)]);
    cleanMp4(bytes);
    expect(bytes.includes('script')).toBe(false);
  });
});

describe('a GIF', () => {
  test('is whole up to its trailer, and only then', async () => {
    const gif = await animation();
    expect(() => assertWholeGif(gif)).not.toThrow();
    for (let length = 0; length < gif.length; length++)
      expect(() => assertWholeGif(gif.subarray(0, length))).toThrow(Malformed);
  });
});

describe('active content', () => {
  const archive = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)]);
  const pixels = Buffer.alloc(4096, 0xd8);

  test.each([
    ['a page', Buffer.from('<!DOCTYPE html>')],
    ['a script', Buffer.from('<SCRIPT src=x>')],
    ['a drawing that runs', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg">')],
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

  test('is not what cameras write', () => {
    const xmp = Buffer.from('<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF/></x:xmpmeta>');
    expect(hasActiveContent(Buffer.concat([pixels, xmp, pixels, film()]))).toBe(false);
  });
});

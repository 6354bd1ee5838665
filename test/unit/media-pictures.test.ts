import { inflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { cleanWithin } from '#adapters/media/clean.ts';
import { cleanImage } from '#adapters/media/images.ts';
import { chunk, pngChunk, rewritePng } from '#adapters/media/png.ts';
import { fixture } from '#test/helpers/files.ts';

const noise = (channels: 3 | 4 = 3) =>
  sharp({
    create: { width: 101, height: 67, channels, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 30 } },
  });
const pixels = (bytes: Buffer) => sharp(bytes, { animated: true }).ensureAlpha().raw().toBuffer();

describe('what was lossless stays so, and gets no larger', () => {
  test.each([
    ['PNG', 'image/png', () => noise().png().toBuffer()],
    ['PNG with transparency', 'image/png', () => noise(4).png().toBuffer()],
    ['PNG of 16 colours', 'image/png', () => noise().png({ palette: true, colours: 16 }).toBuffer()],
    ['PNG, interlaced', 'image/png', () => noise().png({ progressive: true }).toBuffer()],
    ['PNG of 16 bits', 'image/png', () => noise().toColourspace('rgb16').png().toBuffer()],
    ['grey PNG', 'image/png', () => noise().toColourspace('b-w').png().toBuffer()],
    ['GIF', 'image/gif', () => noise().gif().toBuffer()],
    ['WebP', 'image/webp', () => noise().webp({ lossless: true }).toBuffer()],
    ['WebP with transparency', 'image/webp', () => noise(4).webp({ lossless: true }).toBuffer()],
    ['AVIF', 'image/avif', () => noise().avif({ lossless: true, effort: 1 }).toBuffer()],
  ] as const)('%s', async (_, contentType, make) => {
    const source = await make();
    const { original, ...facts } = await cleanImage(source, contentType);
    expect((await pixels(original)).equals(await pixels(source))).toBe(true);
    expect(original.length).toBeLessThan(1.1 * source.length);
    expect(facts).toMatchObject({ width: 101, height: 67, size: original.length });
    const [before, after] = await Promise.all([source, original].map((bytes) => sharp(bytes).metadata()));
    expect(after?.bitsPerSample).toBe(before?.bitsPerSample);
  });

  test('an animated WebP', async () => {
    const pages = await Promise.all([1, 2, 3].map(() => noise().png().toBuffer()));
    const source = await sharp(pages, { join: { animated: true } })
      .webp({ lossless: true, delay: [100, 200, 300] })
      .toBuffer();
    const { original } = await cleanImage(source, 'image/webp');
    expect((await pixels(original)).equals(await pixels(source))).toBe(true);
    expect((await sharp(original, { animated: true }).metadata()).delay).toEqual([100, 200, 300]);
  });
});

describe('a PNG', () => {
  /** Puts chunks behind the header, which ends after 33 bytes. */
  const withChunks = async (...chunks: Buffer[]) => {
    const png = await noise().png().toBuffer();
    return Buffer.concat([png.subarray(0, 33), ...chunks, png.subarray(33)]);
  };
  const controls = (bytes: Buffer) => {
    const found = [];
    for (let at = bytes.indexOf('fcTL'); at >= 0; at = bytes.indexOf('fcTL', at + 1))
      found.push(bytes.subarray(at + 8, at + 30).toString('hex'));
    return found;
  };

  test('that moves still does, with the same frames and times', async () => {
    const source = fixture('animated.png');
    const { original, width, height } = await cleanImage(source, 'image/png');
    expect([width, height]).toEqual([64, 48]);
    expect(controls(source)).toHaveLength(5);
    expect(controls(original)).toEqual(controls(source));
    expect(pngChunk(original, 'acTL')).toEqual(pngChunk(source, 'acTL'));
    // The first frame behind the picture: its number, then its rows.
    const [before, after] = [source, original].map((bytes) => inflateSync(pngChunk(bytes, 'fdAT')?.subarray(4) ?? ''));
    expect(after?.equals(before ?? Buffer.alloc(0))).toBe(true);
  });

  test('keeps the colours of HDR', async () => {
    const colours = Buffer.from([9, 16, 0, 1]);
    const { original } = await cleanImage(await withChunks(chunk('cICP', colours)), 'image/png');
    expect(pngChunk(original, 'cICP')).toEqual(colours);
  });

  test('keeps its colour profile, without the texts in it', async () => {
    const source = await noise().withIccProfile('p3').png().toBuffer();
    const { icc } = await sharp((await cleanImage(source, 'image/png')).original).metadata();
    expect(icc?.includes('rXYZ')).toBe(true);
    for (const text of ['desc', 'cprt']) {
      expect((await sharp(source).metadata()).icc?.includes(text)).toBe(true);
      expect(icc?.includes(text)).toBe(false);
    }
  });

  test('loses texts, EXIF, what is unknown and what is behind its end', async () => {
    const secret = Buffer.from('Comment\0Camera of Ann', 'latin1');
    const chunks = ['tEXt', 'eXIf', 'zTXt', 'iTXt', 'tIME', 'vpAg', 'gAMA', 'pHYs'].map((type) => chunk(type, secret));
    const source = Buffer.concat([await withChunks(...chunks), secret]);
    expect((await rewritePng(source)).includes('Camera of Ann')).toBe(false);
  });

  test('without all of its rows is refused', async () => {
    const png = await noise().png().toBuffer();
    const tall = Buffer.from(png);
    tall.writeUInt32BE(68, 20);
    const outside = fixture('animated.png');
    outside.writeUInt32BE(65, outside.indexOf('fcTL') + 8);
    for (const bytes of [tall, outside, png.subarray(0, -12), png.subarray(0, -30), png.subarray(0, 33)])
      await expect(rewritePng(bytes)).rejects.toMatchObject({ reason: 'damaged' });
  });
});

describe('an AVIF', () => {
  test('that moves still does, and has a thumbnail', async () => {
    const source = fixture('animated.avif');
    const { original, thumbnail, width, height } = await cleanImage(source, 'image/avif');
    expect([width, height]).toEqual([64, 48]);
    expect(original.toString('latin1', 8, 12)).toBe('avis');
    const media = (bytes: Buffer) => bytes.subarray(bytes.indexOf('mdat'));
    expect(media(original).equals(media(source))).toBe(true);
    for (const table of ['stsz', 'stts', 'av1C']) expect(original.includes(table)).toBe(true);
    expect((await sharp(thumbnail).metadata()).width).toBe(64);
  });

  test('of HDR keeps its colours and its depth', async () => {
    const source = fixture('hdr.avif');
    const colours = (bytes: Buffer) => bytes.subarray(bytes.indexOf('colrnclx'), bytes.indexOf('colrnclx') + 15);
    const { original } = await cleanImage(source, 'image/avif');
    expect(colours(original).readUInt16BE(8)).toBe(9);
    expect(colours(original)).toEqual(colours(source));
    expect((await sharp(original).metadata()).bitsPerSample).toBe(10);
  });

  test('loses where and with what it was taken', async () => {
    const exif = { IFD0: { Model: 'Camera of Ann' }, IFD3: { GPSLatitude: '52/1 31/1 12/1' } };
    const source = await noise().withExif(exif).avif({ effort: 1 }).toBuffer();
    expect(source.includes('Camera of Ann')).toBe(true);
    const { original } = await cleanImage(source, 'image/avif');
    expect(original.includes('Camera of Ann')).toBe(false);
    expect((await sharp(original).metadata()).exif).toBeUndefined();
    expect((await pixels(original)).equals(await pixels(source))).toBe(true);
  });

  test('is read to an end, whatever is in it', async () => {
    for (const source of [fixture('animated.avif'), fixture('hdr.avif')])
      for (let at = 0; at < source.length; at += 7) {
        const damaged = Buffer.from(source);
        damaged[at] = damaged.readUInt8(at) ^ 0xff;
        await cleanImage(damaged, 'image/avif').catch((error) => expect(error).toHaveProperty('reason'));
      }
  });
});

test('HEIC, which nothing here can decode, is refused with that reason', async () => {
  const media = { id: 'm', ownerId: 'o', conversationId: 'c', status: 'pending', size: 0, uses: 0 } as const;
  for (const brand of ['heic', 'heix', 'mif1', 'msf1']) {
    const bytes = fixture('still.heic');
    bytes.write(brand, 8, 'latin1');
    for (const contentType of ['image/jpeg', 'image/avif'])
      await expect(cleanWithin(60_000)({ ...media, contentType }, 'v', bytes)).rejects.toMatchObject({
        reason: 'unsupported',
      });
  }
});

import { expect, test } from 'vitest';
import { cleanMp4 } from '#adapters/media/mp4.ts';
import { cleanWebm } from '#adapters/media/webm.ts';
import { box, element } from '#test/helpers/files.ts';

const uint32 = (...values: number[]) => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, 4 * i);
  return bytes;
};
const secrets = ['my title', 'date', 'muxer', 'writer', 'my track', 'my subtitle', 'my group'];

test('WebM loses titles, dates, programs and names, and subtitles with their blocks', () => {
  const named = (id: number, text: string) => element(id, Buffer.from(text));
  const info = element(
    0x1549a966,
    ...[named(0x7ba9, 'my title'), named(0x4461, 'date'), named(0x4d80, 'muxer'), named(0x5741, 'writer')],
  );
  const video = element(0xe0, element(0xb0, 320), element(0xba, 240));
  const tracks = element(
    0x1654ae6b,
    element(0xae, element(0xd7, 1), element(0x83, 1), named(0x536e, 'my track'), video),
    element(0xae, element(0xd7, 2), element(0x83, 0x11)),
  );
  const cluster = element(
    0x1f43b675,
    element(0xa3, Buffer.from('\x81\0\0\x80pictures', 'latin1')),
    element(0xa3, Buffer.from('\x82\0\0\x80my subtitle', 'latin1')),
    element(0xa0, element(0xa1, Buffer.from('\x82\0\0\x80my group', 'latin1'))),
  );
  const bytes = Buffer.concat([
    element(0x1a45dfa3, element(0x4282, Buffer.from('webm'))),
    element(0x18538067, info, tracks, cluster),
  ]);
  expect(secrets.filter((secret) => !bytes.includes(secret))).toEqual([]);
  expect(cleanWebm(bytes)).toEqual({ width: 320, height: 240 });
  expect(secrets.filter((secret) => bytes.includes(secret))).toEqual([]);
  expect(bytes.includes('pictures')).toBe(true);
});

test.each([
  ['stsz', box('stsz', uint32(0, 0, 1, 8))],
  ['stsz, all the same', box('stsz', uint32(0, 8, 1))],
  ['stz2 of 16 bits', box('stz2', uint32(0, 16, 1), Buffer.from([0, 8]))],
  ['stz2 of 8 bits', box('stz2', uint32(0, 8, 1), Buffer.from([8]))],
  ['stz2 of 4 bits', box('stz2', uint32(0, 4, 1), Buffer.from([0x80]))],
])('MP4 loses times, names and encoders, and the samples of other tracks: %s', (_, sizes) => {
  const time = 0xdeadbeef;
  const make = (offset: number) => {
    const table = box('stbl', box('stco', uint32(0, 1, offset)), box('stsc', uint32(0, 1, 1, 1, 1)), sizes);
    const track = (handler: string, ...more: Buffer[]) =>
      box(
        'trak',
        box(
          'tkhd',
          uint32(0, time, time, ...Array(7).fill(0), 0x1_0000, ...Array(8).fill(0), 640 * 0x1_0000, 360 * 0x1_0000),
        ),
        box(
          'mdia',
          box('mdhd', uint32(0, time, time, 600, 600, 0)),
          box(
            'hdlr',
            Buffer.concat([uint32(0, 0), Buffer.from(handler), Buffer.alloc(12), Buffer.from('Ann’s phone\0')]),
          ),
          box('minf', ...more),
        ),
      );
    const mvhd = box('mvhd', uint32(0, time, time, 600, 1_500, ...Array(20).fill(0)));
    return Buffer.concat([
      box('ftyp', Buffer.from('isom'), Buffer.alloc(4)),
      box('moov', mvhd, track('vide'), track('text', table)),
      box('mdat', Buffer.from('pictures'), Buffer.from('subtitle'), Buffer.from('x264 - core 164 crf=23\0pictures')),
    ]);
  };
  const bytes = make(make(0).indexOf('subtitle'));
  const { facts } = cleanMp4(bytes);
  expect(facts).toEqual({ width: 640, height: 360, duration: 2.5 });
  for (const gone of ['subtitle', 'x264', 'crf', 'phone', uint32(time)]) expect(bytes.includes(gone)).toBe(false);
  expect(bytes.includes('pictures\0\0\0\0\0\0\0\0')).toBe(true);
});

import sharp from 'sharp';
import { chunk } from '#adapters/media/png.ts';
import { limits } from '#protocol/limits.ts';
import type { MediaType } from '#protocol/media.ts';
import { animation, box, element, fixture, webpChunk } from '#test/helpers/files.ts';

interface WorstFile {
  readonly contentType: MediaType | 'thumbnail';
  make(): Buffer | Promise<Buffer>;
}

const { video, audio } = limits.mediaBytes;
const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#e07020' }, limitInputPixels: false });

const noisy = (width: number, height: number) => {
  const noise = { type: 'gaussian', mean: 128, sigma: 12 } as const;
  return sharp({ create: { width, height, channels: 3, background: '#000', noise }, limitInputPixels: false });
};

/** The files that may be uploaded and cost the inspection most, by what they are. */
export const worstFiles: Readonly<Record<string, WorstFile>> = {
  '100 MiB of empty elements in WebM': { contentType: 'video/webm', make: emptyElements },
  '100 MiB of empty boxes in MP4': { contentType: 'video/mp4', make: emptyBoxes },
  'fragments of 16 million samples in MP4': { contentType: 'video/mp4', make: manySamples },
  '16 MiB of empty pages in Ogg': { contentType: 'audio/ogg', make: emptyPages },
  'WebP of 5 000 tiny frames': { contentType: 'image/webp', make: tinyFrames },
  'PNG of 5 000 tiny frames': { contentType: 'image/png', make: movingPng },
  'JPEG of 110 megapixels': {
    contentType: 'image/jpeg',
    make: () => noisy(11_000, 10_000).jpeg({ quality: 60 }).toBuffer(),
  },
  'GIF of 110 megapixels in 27 frames': { contentType: 'image/gif', make: () => animation(27, 2_000, 2_000) },
  'PNG of 110 megapixels': { contentType: 'image/png', make: () => plain(11_000, 10_000).png().toBuffer() },
  'PNG of 40 megapixels, 16 bits each': {
    contentType: 'image/png',
    make: () => plain(8_000, 5_000).ensureAlpha().toColourspace('rgb16').png().toBuffer(),
  },
  'AVIF of 40 megapixels': {
    contentType: 'image/avif',
    make: () => plain(8_000, 5_000).avif({ effort: 0 }).toBuffer(),
  },
  'thumbnail of a film, 4 megapixels below one another': {
    contentType: 'thumbnail',
    make: () => plain(1, limits.thumbnailSourcePixels).png().toBuffer(),
  },
};

function emptyElements(): Buffer {
  const header = element(0x1a45dfa3, element(0x4282, Buffer.from('webm')));
  return Buffer.concat([header, element(0x18538067, Buffer.alloc(video, Buffer.from([0xec, 0x80])))]);
}

const ftyp = box('ftyp', Buffer.from('isom'), Buffer.alloc(4));

function emptyBoxes(): Buffer {
  return Buffer.concat([ftyp, Buffer.alloc(video, Buffer.from('\0\0\0\bfree', 'latin1'))]);
}

/** Each `trun` says that it has 4 000 samples, and nothing of them. */
function manySamples(): Buffer {
  const film = fixture('fragmented.mp4');
  const head = film.subarray(0, film.indexOf('moof') - 4);
  const track = box('tfhd', Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]));
  const run = box('trun', Buffer.from([0, 0, 0, 0, 0, 0, 0x0f, 0xa0]));
  return Buffer.concat([head, box('moof', box('traf', track, ...Array<Buffer>(4_000).fill(run)))]);
}

function emptyPages(): Buffer {
  const voice = fixture('voice.ogg');
  const sound = voice.subarray(0, voice.lastIndexOf('OggS'));
  // A page without a segment. It doesn't begin the stream.
  const page = Buffer.from(sound.subarray(0, 27));
  page.writeUInt8(0, 5);
  page.writeUInt8(0, 26);
  return Buffer.concat([sound, ...Array<Buffer>(Math.floor((audio - sound.length) / page.length)).fill(page)]);
}

async function tinyFrames(): Promise<Buffer> {
  const two = await sharp(await animation(2, 1, 1), { animated: true })
    .webp({ lossless: true })
    .toBuffer();
  const [first, last] = [two.indexOf('ANMF'), two.lastIndexOf('ANMF')];
  const body = [two.subarray(8, first), ...Array<Buffer>(limits.imageFrames).fill(two.subarray(first, last))];
  return webpChunk('RIFF', Buffer.concat(body));
}

function movingPng(): Buffer {
  const moving = fixture('animated.png');
  const [first, end] = [moving.indexOf('IDAT'), moving.indexOf('IEND')];
  const pixels = moving.subarray(first + 4, first + 4 + moving.readUInt32BE(first - 4));
  const control = moving.subarray(moving.indexOf('fcTL') + 4, moving.indexOf('fcTL') + 30);
  const frame = Buffer.concat([chunk('fcTL', control), chunk('fdAT', Buffer.alloc(4), pixels)]);
  const frames = Array<Buffer>(limits.imageFrames - 5).fill(frame);
  return Buffer.concat([moving.subarray(0, end - 4), ...frames, moving.subarray(end - 4)]);
}

import { describe, expect, test } from 'vitest';
import { limits } from '#protocol/limits.ts';
import { RequestUpload } from '#protocol/media.ts';

const asked = (contentType: string) =>
  RequestUpload.safeParse({ contentType, size: 10, conversationId: '01936a00-0000-7000-8000-0000000000c1' });

test.each([
  ['video/webm;codecs=vp9,opus', 'video/webm'],
  ['video/webm; codecs="vp8"', 'video/webm'],
  ['image/jpg', 'image/jpeg'],
  ['IMAGE/PNG', 'image/png'],
  ['Image/JPG ', 'image/jpeg'],
  ['video/x-m4v', 'video/mp4'],
  ['video/3gpp', 'video/mp4'],
  ['audio/webm;codecs=opus', 'audio/webm'],
  ['audio/ogg; codecs=opus', 'audio/ogg'],
  ['audio/x-m4a', 'audio/mp4'],
  ['Audio/MP4', 'audio/mp4'],
])('%s is understood as %s', (declared, meant) => {
  expect(asked(declared).data?.contentType).toBe(meant);
});

test.each([
  'image/svg+xml',
  'IMAGE/SVG+XML;charset=utf-8',
  'text/html',
  'audio/mpeg',
  'constructor',
  '__proto__',
  '',
  `image/png;${'x'.repeat(100)}`,
])('%s is refused', (declared) => {
  expect(asked(declared).success).toBe(false);
});

describe('the thumbnail of a video', () => {
  const still = (thumbnail: object, contentType = 'video/mp4') =>
    RequestUpload.safeParse({ ...asked(contentType).data, thumbnail });

  test.each([
    ['image/jpeg', 'image/jpeg'],
    ['IMAGE/JPG', 'image/jpeg'],
    ['image/png', 'image/png'],
    ['image/webp', 'image/webp'],
  ])('may be %s', (declared, contentType) => {
    const size = limits.thumbnailBytes;
    expect(still({ contentType: declared, size }).data?.thumbnail).toEqual({ contentType, size });
  });

  test.each([
    ['is of another type', { contentType: 'image/gif', size: 1 }],
    ['is a drawing that runs', { contentType: 'image/svg+xml', size: 1 }],
    ['is a film itself', { contentType: 'video/mp4', size: 1 }],
    ['is too large', { contentType: 'image/jpeg', size: limits.thumbnailBytes + 1 }],
    ['is empty', { contentType: 'image/jpeg', size: 0 }],
    ['has no size', { contentType: 'image/jpeg' }],
    ['has a name', { contentType: 'image/jpeg', size: 1, name: '../x' }],
  ])('is refused if it %s', (_, thumbnail) => {
    expect(still(thumbnail).success).toBe(false);
  });

  test.each(['image/png', 'audio/webm'])('is refused with %s', (contentType) => {
    expect(still({ contentType: 'image/jpeg', size: 1 }, contentType).success).toBe(false);
  });
});

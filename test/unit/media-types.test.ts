import { expect, test } from 'vitest';
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

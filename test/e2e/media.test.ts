import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { limits } from '../../protocol/limits.ts';
import type { MediaType } from '../../protocol/media.ts';
import type { Device } from '../helpers/device.ts';
import { animation, clip, film, photo, picture } from '../helpers/files.ts';
import { type Endpoints, endpointsOf, Member } from '../helpers/member.ts';
import { type Storm, startStorm } from '../helpers/storm.ts';
import { grant, put, upload } from '../helpers/uploads.ts';

let storm: Storm;
let endpoints: Endpoints;
let ann: Member;
let ben: Member;
let stranger: Member;
let annsDevice: Device;
let conversationId: string;

beforeAll(async () => {
  storm = await startStorm(inject('assembly'));
  endpoints = await endpointsOf(storm.url);
  [ann, ben, stranger] = await Promise.all([register('ann'), register('ben'), register('eve')]);
  annsDevice = await ann.open();
  conversationId = (await ann.startDirect(ben)).id;
});
afterAll(() => storm[Symbol.asyncDispose]());

const register = (name: string) => Member.register(endpoints, name);

describe('a file of every allowed type', () => {
  const files: readonly (readonly [MediaType, () => Promise<Buffer>, object])[] = [
    ['image/jpeg', () => picture().jpeg().toBuffer(), { width: 64, height: 48 }],
    ['image/png', () => picture().png().toBuffer(), { width: 64, height: 48 }],
    ['image/gif', () => animation(), { width: 32, height: 24 }],
    ['image/webp', () => picture().webp().toBuffer(), { width: 64, height: 48 }],
    ['image/avif', () => picture().avif().toBuffer(), { width: 64, height: 48 }],
    ['video/mp4', async () => film(), { width: 640, height: 360, duration: 2.5 }],
    ['video/quicktime', async () => film({ brand: 'qt  ' }), { width: 640, height: 360, duration: 2.5 }],
    ['video/webm', async () => clip(), { width: 320, height: 240, duration: 1.5 }],
  ];

  test.for(files)('%s is looked at, sent, and shown to members only', async ([contentType, make, facts]) => {
    const media = await upload(ann, annsDevice, await make(), contentType, { conversationId });
    expect(media).toMatchObject({ status: 'ready', contentType, ...facts });
    expect((await ben.call(`GET /media/${media.id}`)).status).toBe(403);

    const bensDevice = await ben.open();
    const reply = await annsDevice.ask({ action: 'message', conversationId, mediaIds: [media.id] });
    expect(reply).toHaveProperty('ok');
    await bensDevice.until((events) => events.some(({ type }) => type === 'message'));
    const { url, thumbnailUrl, expiresIn: _, status: __, ...attachment } = media;
    const [newest] = (await ben.call(`GET /conversations/${conversationId}/messages?limit=1`)).body.messages;
    expect(newest).toMatchObject({ text: '', media: [attachment] });
    expect(bensDevice.events).toMatchObject([{ type: 'message', message: { media: [attachment] } }]);

    const seen = await ben.call(`GET /media/${media.id}`);
    expect(seen).toMatchObject({ status: 200, body: { url: expect.any(String), expiresIn: expect.any(Number) } });
    expect((await stranger.call(`GET /media/${media.id}`)).status).toBe(403);

    const original = await fetch(seen.body.url);
    expect(Object.fromEntries(original.headers)).toMatchObject({
      'content-type': contentType,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'max-age=31536000, immutable',
    });
    expect((await original.arrayBuffer()).byteLength).toBe(attachment.size);
    expect(new URL(String(url)).origin).not.toBe(new URL(storm.url).origin);
    if (contentType.startsWith('image/')) {
      const thumbnail = await fetch(String(thumbnailUrl));
      expect(thumbnail.headers.get('content-type')).toBe('image/webp');
      expect(attachment.thumbhash).toMatch(/^[A-Za-z0-9+/]+=*$/);
    }
  });
});

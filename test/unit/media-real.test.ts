import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import { cleanWithin } from '#adapters/media/clean.ts';
import { cleanOgg } from '#adapters/media/ogg.ts';
import { Rejection } from '#core/media/rejection.ts';
import { limits } from '#protocol/limits.ts';
import type { MediaType } from '#protocol/media.ts';
import { fixture } from '#test/helpers/files.ts';

const pending = { ownerId: v7(), conversationId: v7(), status: 'pending', size: 0, uses: 0 } as const;
const clean = (bytes: Buffer, contentType: MediaType, more: object = {}) =>
  cleanWithin(60_000)({ ...pending, id: v7(), contentType, ...more }, 'v', bytes);

/** What the makers of the files wrote into them besides pictures and sound. */
const secrets = ['Ann', 'Holiday', 'Berlin', 'Rome', 'old mill', '+52.5200', 'Camera', 'Lavf', 'Lavc', 'x264', 'crf='];
const film = { width: 64, height: 48, duration: expect.closeTo(1.1, 0) };
const sound = { duration: expect.closeTo(1, 1), waveform: expect.stringMatching(/^[A-Za-z0-9+/]{30,}={0,2}$/) };

test.each<[string, MediaType, MediaType, object]>([
  ['film.mp4', 'video/mp4', 'video/mp4', film],
  ['film.mov', 'video/quicktime', 'video/quicktime', film],
  ['film.webm', 'video/webm', 'video/webm', film],
  ['fragmented.mp4', 'video/mp4', 'video/mp4', film],
  ['fragmented-dash.mp4', 'video/mp4', 'video/mp4', film],
  ['voice.webm', 'audio/webm', 'audio/webm', sound],
  ['voice.ogg', 'audio/ogg', 'audio/ogg', sound],
  ['voice-vorbis.ogg', 'audio/ogg', 'audio/ogg', sound],
  ['voice.m4a', 'audio/mp4', 'audio/mp4', sound],
  ['voice-fragmented.mp4', 'audio/mp4', 'audio/mp4', sound],
  // Browsers take the type from the name.
  ['voice.webm', 'video/webm', 'audio/webm', sound],
  ['voice-fragmented.mp4', 'video/mp4', 'audio/mp4', sound],
  ['voice.ogg', 'audio/mp4', 'audio/ogg', sound],
])('%s, declared as %s, keeps its length and its samples, and nothing else', async (name, declared, type, facts) => {
  const [before, after] = [fixture(name), fixture(name)];
  expect(secrets.some((secret) => before.includes(secret))).toBe(true);
  const cleaned = await clean(after, declared);
  expect(cleaned).toMatchObject({ contentType: type, facts: { ...facts, size: before.length } });
  const [{ bytes } = { bytes: Buffer.alloc(0) }] = cleaned.files;
  expect(bytes.length).toBe(before.length);
  expect(secrets.filter((secret) => bytes.includes(secret))).toEqual([]);
  const same = bytes.reduce((count, byte, i) => count + Number(byte === before[i]), 0);
  expect(same / before.length).toBeGreaterThan(0.5);
  const again = await clean(Buffer.from(bytes), declared);
  expect(again.facts).toEqual(cleaned.facts);
  expect(again.files[0]?.bytes.equals(bytes)).toBe(true);
});

test('a film that is said to be a recording is refused', async () => {
  for (const [name, declared] of [
    ['film.webm', 'audio/webm'],
    ['film.mp4', 'audio/mp4'],
  ] as const)
    await expect(clean(fixture(name), declared)).rejects.toMatchObject({ reason: 'other_type' });
});

test('a waveform of the client, which has heard the sound, is better than one by the sizes of packets', async () => {
  const { facts } = await clean(fixture('voice.ogg'), 'audio/ogg', { waveform: 'AAD/' });
  expect(facts.waveform).toBe('AAD/');
});

test('a long recording has as many parts in its waveform as a short one', () => {
  const voice = fixture('voice.ogg');
  const [first = 0, second = 0] = [1, 2].map((page) => nthPage(voice, page));
  const sound = voice.subarray(nthPage(voice, 2));
  const long = Buffer.concat([voice.subarray(0, first), voice.subarray(first, second), ...Array(200).fill(sound)]);
  const waveform = Buffer.from(cleanOgg(long).waveform ?? '', 'base64');
  expect(waveform.length).toBeGreaterThan(limits.waveformParts / 2);
  expect(waveform.length).toBeLessThanOrEqual(limits.waveformParts);
  expect(Math.max(...waveform)).toBe(255);
});

/** Where a page of Ogg begins. */
function nthPage(bytes: Buffer, n: number): number {
  let at = 0;
  for (let page = 0; page < n; page++) at = bytes.indexOf('OggS', at + 1);
  return at;
}

test.each<[string, (voice: Buffer) => Buffer, string]>([
  ['cut off in a page', (voice) => voice.subarray(0, -1), 'damaged'],
  ['cut off before its sound', (voice) => voice.subarray(0, nthPage(voice, 2)), 'damaged'],
  ['with a page behind it', (voice) => Buffer.concat([voice, Buffer.from('<html><script>')]), 'damaged'],
  ['with another recording behind it', (voice) => Buffer.concat([voice, voice]), 'unsupported'],
  [
    'of another codec',
    (voice) => Buffer.from(voice.toString('latin1').replace('OpusHead', 'OpusHaed'), 'latin1'),
    'unsupported',
  ],
])('a recording in Ogg %s is refused', (_, change, reason) => {
  expect(() => cleanOgg(change(fixture('voice.ogg')))).toThrow(expect.objectContaining({ reason }));
});

test('Ogg is read to an end, whatever is in it', () => {
  const voice = fixture('voice.ogg');
  for (let at = 0; at < voice.length; at++) {
    const damaged = Buffer.from(voice);
    damaged[at] = damaged.readUInt8(at) ^ 0xff;
    try {
      cleanOgg(damaged);
    } catch (error) {
      expect(error).toBeInstanceOf(Rejection);
    }
  }
});

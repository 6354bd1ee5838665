import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packFrames } from '#adapters/sockets/batch.ts';
import type { Event } from '#protocol/events.ts';
import { limits } from '#protocol/limits.ts';

const bye = (reason: string): Event => ({ type: 'bye', reason, reconnect: false });
const text = fc
  .tuple(fc.constantFrom('a', '"', 'ß', '界', '😀'), fc.nat(4_000))
  .map(([c, n]) => c.repeat(n / c.length));
const events = fc.array(text.map(bye), { size: '+1' });

const parse = (frames: string[]): unknown[] => frames.flatMap((frame) => JSON.parse(frame).events);
const bytes = (frame: string) => Buffer.byteLength(frame);

test('frames hold every event in its order', () => {
  fc.assert(
    fc.property(events, (events) => {
      expect(parse(packFrames(events))).toEqual(events);
    }),
  );
});

test('a frame is at most 32 KB in bytes, and the next event would not have fitted', () => {
  fc.assert(
    fc.property(events, (events) => {
      const frames = packFrames(events);
      for (const [i, frame] of frames.entries()) {
        expect(bytes(frame)).toBeLessThanOrEqual(limits.frameBytes);
        const next = frames[i + 1];
        if (next)
          expect(bytes(frame) + 1 + bytes(JSON.stringify(JSON.parse(next).events[0]))).toBeGreaterThan(
            limits.frameBytes,
          );
      }
    }),
  );
});

test('events that fill a frame to the last byte share it', () => {
  const some = [bye('a'), bye('b'), bye('c')];
  const space = limits.frameBytes - bytes(packFrames([...some, bye('')])[0] ?? '');
  expect(packFrames([...some, bye('d'.repeat(space))]).map(bytes)).toEqual([limits.frameBytes]);
  expect(packFrames([...some, bye('d'.repeat(space + 1))])).toHaveLength(2);
});

test('an event too large for a frame is kept, alone', () => {
  const events = [bye('a'), bye('b'.repeat(limits.frameBytes)), bye('c')];
  const frames = packFrames(events);
  expect(frames).toHaveLength(3);
  expect(parse(frames)).toEqual(events);
});

test('no events make no frame', () => {
  expect(packFrames([])).toEqual([]);
});

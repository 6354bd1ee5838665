import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packFrames } from '../../adapters/sockets/batch.ts';
import type { Event } from '../../protocol/events.ts';
import { limits } from '../../protocol/limits.ts';

const bye = (reason: string): Event => ({ type: 'bye', reason, reconnect: false });
const events = fc.array(
  fc.string({ unit: fc.constantFrom('a', '"', 'ß', '界', '😀'), maxLength: 4_000, size: 'max' }).map(bye),
);

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
  const space = limits.frameBytes - bytes(packFrames([bye(''), bye('')])[0] ?? '');
  expect(packFrames([bye('a'), bye('b'.repeat(space - 1))]).map(bytes)).toEqual([limits.frameBytes]);
  expect(packFrames([bye('a'), bye('b'.repeat(space))])).toHaveLength(2);
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

import type { Event } from '#protocol/events.ts';
import { limits } from '#protocol/limits.ts';

const HEAD = '{"events":[';
const TAIL = ']}';
const ROOM = limits.frameBytes - HEAD.length - TAIL.length;

/**
 * Packs events, in their order, into frames `{"events":[…]}` of at most `limits.frameBytes` of UTF-8. An event that is larger
 * than that gets its own frame, which is too large. API Gateway then refuses it, and the post fails.
 */
export function packFrames(events: Iterable<Event>): string[] {
  const frames: string[][] = [];
  let left = 0;
  for (const event of events) {
    const json = JSON.stringify(event);
    const bytes = Buffer.byteLength(json);
    const frame = frames.at(-1);
    if (frame && bytes + 1 <= left) {
      frame.push(json);
      left -= bytes + 1;
    } else {
      frames.push([json]);
      left = ROOM - bytes;
    }
  }
  return frames.map((frame) => HEAD + frame.join(',') + TAIL);
}

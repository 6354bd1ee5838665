import type { Event } from '#protocol/events.ts';
import { limits } from '#protocol/limits.ts';

const HEAD = '{"events":[';
const TAIL = ']}';
const ROOM = limits.frameBytes - HEAD.length - TAIL.length;

/**
 * Packs events into as few `{"events":[…]}` frames of at most 32 KB (UTF-8) as keep their order. An event that is larger by
 * itself gets a frame of its own: whether that can be sent is the gateway's to say, and a refusal is seen by whoever posts it.
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

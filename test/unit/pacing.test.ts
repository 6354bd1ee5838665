import { expect, test } from 'vitest';
import { createPacing } from '#core/delivery/pacing.ts';

const requestsPerSecond = 10_000;
/** What API Gateway's bucket holds, and what all but the paced posts may take of its requests per second meanwhile. */
const bucket = { size: 5_000, others: 3_000 };

/** Turns that follow one another, on a clock that jumps to whatever is awaited first. `posts` has those that began, by time. */
function world() {
  let time = 0;
  let freeAt = 0;
  const waiting: { at: number; wake: () => void }[] = [];
  const posts: { at: number; count: number }[] = [];
  const startPace = createPacing({
    requestsPerSecond,
    now: () => time,
    sleep: (ms) => new Promise<void>((wake) => waiting.push({ at: time + ms, wake })),
    async takeTurn(ms, now) {
      const startsAt = Math.max(freeAt, now);
      freeAt = startsAt + ms;
      return startsAt;
    },
  });
  return {
    posts,
    /** Posts frames to the sockets of a room, one after the other. Returns when the last turn is over, in ms. */
    async room(sockets: number, frames: number): Promise<number> {
      for (let i = 0; i < frames; i++) {
        const pace = await startPace(sockets);
        const parts = Array.from({ length: Math.ceil(sockets / 500) }, (_, j) => Math.min(500, sockets - 500 * j));
        await Promise.all(
          parts.map(async (count) => {
            await pace.next(count);
            posts.push({ at: time, count });
          }),
        );
        await pace.end();
      }
      return time;
    },
    async run<T>(work: Promise<T>): Promise<T> {
      let isDone = false;
      const ends = work.finally(() => {
        isDone = true;
      });
      for (let idle = 0; !isDone && idle < 3; ) {
        await new Promise(setImmediate);
        waiting.sort((a, b) => a.at - b.at);
        const next = waiting.shift();
        idle = next ? 0 : idle + 1;
        if (next) time = next.at;
        next?.wake();
      }
      return ends;
    },
  };
}

/** How many posts API Gateway refuses. */
function refused(posts: readonly { at: number; count: number }[]): number {
  let tokens = bucket.size;
  let last = 0;
  let none = 0;
  for (const { at, count } of posts) {
    const refill = ((at - last) * (requestsPerSecond - bucket.others)) / 1_000;
    tokens = Math.min(bucket.size, tokens + refill) - count;
    last = at;
    none += Math.max(0, -tokens);
    tokens = Math.max(0, tokens);
  }
  return Math.round(none);
}

test('a room of 10 000 sockets gets a frame each 1.5 seconds, which is on its way within 0.75', async () => {
  const { posts, room, run } = world();
  expect(await run(room(10_000, 1))).toBeLessThanOrEqual(1_500);
  expect(posts.at(-1)?.at).toBeLessThanOrEqual(750);
  expect(posts.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
});

test.for([
  ['one room', [10_000]],
  ['three rooms at once', [10_000, 8_000, 501]],
  ['many rooms at once', Array.from({ length: 20 }, () => 600)],
  ['a room whose people have several devices', [35_000]],
] as const)('of %s no post is refused, and the share is used', async ([_, rooms]) => {
  const { posts, room, run } = world();
  const frames = 10;
  const ends = await run(Promise.all(rooms.map((sockets) => room(sockets, frames))));
  expect(refused(posts)).toBe(0);
  const all = frames * rooms.reduce((sum, sockets) => sum + sockets, 0);
  expect(posts.reduce((sum, { count }) => sum + count, 0)).toBe(all);
  expect(all / (Math.max(...ends) / 1_000)).toBeGreaterThan(6_500);
});

test('a quiet room is posted to at once', async () => {
  const { posts, room, run } = world();
  await run(room(501, 1));
  expect(posts[0]?.at).toBe(0);
});

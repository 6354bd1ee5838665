import { expect, test } from 'vitest';
import { createPace } from '#core/delivery/pacing.ts';
import { mostInASecond, type Posts, refused } from '#test/helpers/throttle.ts';
import { virtualClock } from '#test/helpers/virtual-clock.ts';

const requestsPerSecond = 10_000;

/** Rooms that each post parts of so many sockets one after the other, to all sockets so many times. Returns all posts. */
async function post(rooms: readonly number[], rounds: number): Promise<Posts[]> {
  const clock = virtualClock();
  let freeAt = 0;
  const posts: Posts[] = [];
  const pace = createPace({
    requestsPerSecond,
    ...clock,
    async takeTurn(ms, now) {
      const startsAt = Math.max(freeAt, now);
      freeAt = startsAt + ms;
      return startsAt;
    },
  });
  const room = async (sockets: number) => {
    for (let i = 0; i < rounds; i++)
      for (let left = sockets; left > 0; left -= 500) {
        const count = Math.min(500, left);
        await pace(count);
        posts.push({ at: clock.now(), count });
      }
  };
  await clock.run(Promise.all(rooms.map(room)));
  return posts;
}

test('a frame to 10 000 sockets is on its way within a second, and the first part at once', async () => {
  const posts = await post([10_000], 1);
  expect(posts[0]?.at).toBe(0);
  expect(posts.at(-1)?.at).toBeLessThanOrEqual(1_015);
});

test.for([
  ['one room', [10_000]],
  ['three rooms at once', [10_000, 8_000, 501]],
  ['many rooms at once', Array.from({ length: 20 }, () => 600)],
  ['a room whose people have several devices', [35_000]],
] as const)(
  'of %s no post is refused, no second has more than the quota, and the share is used',
  async ([_, rooms]) => {
    const posts = await post(rooms, 10);
    expect(refused(posts, requestsPerSecond)).toBe(0);
    expect(mostInASecond(posts)).toBeLessThanOrEqual(requestsPerSecond);
    const all = 10 * rooms.reduce((sum, sockets) => sum + sockets, 0);
    expect(posts.reduce((sum, { count }) => sum + count, 0)).toBe(all);
    expect(all / ((posts.at(-1)?.at ?? 0) / 1_000)).toBeGreaterThan(6_500);
  },
);

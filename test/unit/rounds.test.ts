import { describe, expect, test } from 'vitest';
import { createProgress } from '#core/delivery/progress.ts';
import { deliverRounds } from '#core/delivery/rounds.ts';
import { type PostedSockets, postedSockets } from '#test/helpers/posted-sockets.ts';
import { messageOf, personOf, roundRoom } from '#test/helpers/round-room.ts';
import { mostInASecond, refused } from '#test/helpers/throttle.ts';
import { virtualClock } from '#test/helpers/virtual-clock.ts';

const quota = 10_000;
const world = (requestsPerSecond = quota) => {
  const clock = virtualClock(1_000_000);
  return { clock, to: postedSockets(clock, requestsPerSecond) };
};
const latest = ({ sockets }: PostedSockets) => Math.max(...[...sockets.values()].map((socket) => socket.latest));
/** Up to which `seq` all sockets have everything. There have to be so many. */
function gotBy({ sockets }: PostedSockets, count: number): number[] {
  expect(sockets.size).toBe(count);
  return [...new Set([...sockets.values()].map(({ all }) => all))];
}

describe('at a quota of 10 000 requests per second', () => {
  test('50 messages a second reach each of 10 000 sockets within 2 seconds, and no post is refused', async () => {
    const { clock, to } = world();
    const room = roundRoom(clock, to, 10_000);
    await clock.run(room.talk(50, 30));
    expect(gotBy(to, 10_000)).toEqual([1_500]);
    expect(latest(to)).toBeLessThanOrEqual(2_000);
    expect(mostInASecond(to.posts)).toBeLessThanOrEqual(quota);
    expect(refused(to.posts, quota)).toBe(0);
    expect(to.leftOut()).toBe(0);
    expect(room.runs()).toBeGreaterThan(1);
  });

  test('a single message reaches them within 2 seconds', async () => {
    const { clock, to } = world();
    const room = roundRoom(clock, to, 10_000);
    await clock.run(room.talk(1, 1));
    expect(gotBy(to, 10_000)).toEqual([1]);
    expect(latest(to)).toBeLessThanOrEqual(2_000);
    expect(room.runs()).toBe(1);
  });

  test('two rooms of 10 000 get all, a frame each 3 seconds', async () => {
    const { clock, to } = world();
    const rooms = ['a', 'b'].map((id) => roundRoom(clock, to, 10_000, { id }));
    await clock.run(Promise.all(rooms.map((room) => room.talk(20, 15))));
    expect(gotBy(to, 20_000)).toEqual([300]);
    expect(latest(to)).toBeLessThanOrEqual(3_500);
    expect(mostInASecond(to.posts)).toBeLessThanOrEqual(quota);
    expect(refused(to.posts, quota)).toBe(0);
  });

  test('a small room isn’t kept waiting by the round of a large one', async () => {
    const { clock, to } = world();
    const [hall, club] = [roundRoom(clock, to, 10_000), roundRoom(clock, to, 600, { id: 'club' })];
    await clock.run(Promise.all([hall.talk(50, 10), club.talk(1, 10)]));
    const inClub = [...to.sockets].flatMap(([id, socket]) => (id.startsWith('club') ? [socket.latest] : []));
    expect(inClub).toHaveLength(600);
    expect(Math.max(...inClub)).toBeLessThanOrEqual(1_500);
  });

  test('a room that writes more than its posts can bring is late by a bound, and says what it left out', async () => {
    const { clock, to } = world();
    const room = roundRoom(clock, to, 10_000);
    const text = 'x'.repeat(800);
    await clock.run(room.talk(100, 30, text));
    expect(to.leftOut()).toBeGreaterThan(0);
    expect(latest(to)).toBeLessThanOrEqual(8_000);
    expect(Math.max(...room.rounds)).toBeLessThanOrEqual(6_500);
    expect(refused(to.posts, quota)).toBe(0);
    // Clients notice the gaps, and everyone has the end.
    for (const { beyond } of to.sockets.values()) expect(beyond.has(3_000)).toBe(true);
  });
});

/** A room of some members, in which everyone has one message. Its sockets are those of all who were ever in it. */
async function smallRoom(members = 3) {
  const { clock, to } = world();
  const room = roundRoom(clock, to, members);
  const has = (i: number) => to.sockets.get(`${personOf('room', i)[0]}/0`);
  const run = async (...seqs: readonly number[]) => {
    for (const seq of seqs) room.store(seq);
    await room.quiet();
  };
  await clock.run(run(room.number()));
  return { clock, to, room, has, run };
}

test('a room of up to 500 members is posted to by the function itself', async () => {
  const { to, room } = await smallRoom(500);
  expect(gotBy(to, 500)).toEqual([1]);
  expect([to.posts, room.rounds]).toEqual([[], []]);
});

test('a message that was numbered and isn’t stored is waited for, and sealed if it doesn’t come', async () => {
  const { clock, to, room, run } = await smallRoom();
  const [late, second, never, fourth] = [room.number(), room.number(), room.number(), room.number()];
  void clock.sleep(400).then(() => room.store(late));
  await clock.run(run(second, fourth));
  expect(gotBy(to, 3)).toEqual([second]);
  expect(room.sealed).toEqual([never]);
  for (const { beyond } of to.sockets.values()) expect([...beyond]).toEqual([fourth]);
});

test('a number that nobody was given is not sealed, whoever calls for it', async () => {
  const { clock, to, room } = await smallRoom();
  await clock.run(deliverRounds(room.ports, 'room', [99]));
  expect([room.sealed, gotBy(to, 3)]).toEqual([[], [1]]);
});

test('a change whose call got lost comes with the next one', async () => {
  const { clock, to, room, run } = await smallRoom();
  const lost = room.number();
  room.changes.set(lost, messageOf('room', lost, clock.now()));
  await clock.run(run(room.number()));
  expect(gotBy(to, 3)).toEqual([3]);
});

test('the first run of a room brings what was written before, too, as its writer may call later', async () => {
  const { clock, to } = world();
  const room = roundRoom(clock, to, 3);
  for (const seq of [1, 2, 3]) room.changes.set(room.number(), messageOf('room', seq, clock.now()));
  await clock.run(deliverRounds(room.ports, 'room', [3]));
  expect(gotBy(to, 3)).toEqual([3]);
});

test('what was delivered long ago isn’t delivered again', async () => {
  const { clock, to, room, run } = await smallRoom();
  for (let i = 0; i < 600; i++) room.changes.set(room.number(), messageOf('room', i + 2, clock.now()));
  await clock.run(run(room.number()));
  expect(gotBy(to, 3)).toEqual([1]);
  for (const { beyond } of to.sockets.values()) expect([...beyond]).toEqual([602]);
});

test('who is removed is told so, and gets nothing that was written later', async () => {
  const { clock, to, room, has, run } = await smallRoom();
  const [userId] = personOf('room', 1);
  const [removal, after] = [room.number(), room.number()];
  room.people.delete(userId);
  room.store(removal, {
    type: 'member',
    conversationId: 'room',
    seq: removal,
    n: 1,
    userId,
    change: 'removed',
    by: 'someone',
  });
  await clock.run(run(after));
  expect([has(0)?.all, has(1)?.all, has(2)?.all]).toEqual([3, 2, 3]);
  expect(to.sockets.size).toBe(3);
});

test('who joins gets what is written from then on', async () => {
  const { clock, room, has, run } = await smallRoom();
  const [userId, person] = personOf('room', 3, 1);
  const added = room.number();
  room.people.set(userId, person);
  room.store(added, {
    type: 'member',
    conversationId: 'room',
    seq: added,
    n: 1,
    userId,
    change: 'added',
    by: 'someone',
    role: 'member',
  });
  await clock.run(run(room.number()));
  expect([...(has(3)?.beyond ?? [])]).toEqual([2, 3]);
});

test('a message that is deleted during a round comes without its text to those who haven’t got it', async () => {
  const { clock, to, room, run } = await smallRoom(1_000);
  const seq = room.number();
  const texts: string[] = [];
  const { deliverPaced } = room.ports;
  Object.assign(room.ports, {
    deliverPaced: async (...[events, connections]: Parameters<typeof deliverPaced>) => {
      for (const event of events) if (event.type === 'message') texts.push(event.message.text.slice(0, 1));
      if (texts.length === 1) {
        const deletion = room.number();
        room.changes.set(seq, { ...messageOf('room', seq, clock.now(), ''), deletedAt: clock.now() });
        room.store(deletion, { type: 'deleted', conversationId: 'room', seq: deletion, n: 2, target: seq, by: 'one' });
      }
      await deliverPaced(events, connections);
    },
  });
  await clock.run(run(seq));
  expect(gotBy(to, 1_000)).toEqual([3]);
  expect(texts).toEqual(['x', '']);
});

describe('a run that dies', () => {
  test('loses nothing, and holds its room for 10 seconds only', async () => {
    const { clock, to } = world();
    const room = roundRoom(clock, to, 2_000);
    room.dieIn(40);
    await clock.run(room.talk(10, 20));
    expect(gotBy(to, 2_000)).toEqual([200]);
    expect(latest(to)).toBeLessThanOrEqual(13_000);
  });

  test('goes on where it was, by what it has stored', async () => {
    const { clock, to } = world();
    const room = roundRoom(clock, to, 2_000);
    await clock.run(room.talk(10, 1));
    const before = room.stored.served;
    expect(before).toEqual([{ to: personOf('room', 1_999)[0], seq: 10 }]);
    room.dieIn(2);
    const posts = to.posts.reduce((sum, { count }) => sum + count, 0);
    await clock.run(room.talk(1, 1));
    // The first quarter got the message from the run that died, too.
    expect(to.posts.reduce((sum, { count }) => sum + count, 0) - posts).toBe(2_500);
    expect(gotBy(to, 2_000)).toEqual([11]);
  });
});

test('of two runs at once the later one goes on, and nothing is lost', async () => {
  const { clock, to } = world();
  const room = roundRoom(clock, to, 2_000);
  let second: Promise<void> | undefined;
  void clock.sleep(3_000).then(() => {
    second = deliverRounds(room.ports, 'room', [1]);
  });
  await clock.run(room.talk(10, 10));
  await clock.run(Promise.resolve(second));
  expect(second).toBeDefined();
  expect(gotBy(to, 2_000)).toEqual([100]);
  expect(refused(to.posts, quota)).toBe(0);
});

test('progress is stored in a few entries, and read back as it was', () => {
  const ids = Array.from({ length: 100 }, (_, i) => `id ${String(i).padStart(3, '0')}`);
  const progress = createProgress([], 5);
  progress.join(ids, 9);
  progress.serve(ids.slice(20, 60), 7);
  progress.serve(ids.slice(60, 70), 8);
  const served = progress.served();
  expect(served).toEqual([
    { to: 'id 019', seq: 5 },
    { to: 'id 059', seq: 7 },
    { to: 'id 069', seq: 8 },
    { to: 'id 099', seq: 5 },
  ]);
  const again = createProgress(served, 5);
  again.join([...ids, 'new'], 9);
  expect(again.served()).toEqual([...served.slice(0, 3), { to: 'new', seq: 5 }]);
  again.join([...ids, 'new', 'newer'], 9);
  expect(again.served().at(-1)).toEqual({ to: 'newer', seq: 9 });
  expect(again.lacking(7, 'id 018', 3)).toEqual(['id 019', 'id 070', 'id 071']);
  expect(again.beforeLeast()).toBe('');
});

import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { graceMs } from '#core/people/presence.ts';
import { limits } from '#protocol/limits.ts';
import type { Message } from '#protocol/messages.ts';
import { type Api, type Person, startApi } from '#test/helpers/api.ts';
import { type MovableClock, movableClock } from '#test/helpers/clock.ts';
import type { LossyDevice } from '#test/helpers/lossy-device.ts';
import { Run, wait } from '#test/helpers/run.ts';
import { propertyTimeout, runs } from '#test/helpers/runs.ts';
import { scenario } from '#test/helpers/scenario.ts';
import { checkPresence, checkSecrecy, marked } from '#test/helpers/told.ts';

let api: Api;
let clock: MovableClock;
beforeAll(async () => {
  clock = movableClock();
  api = await startApi();
});
afterAll(async () => {
  await api.stop();
  clock.stop();
});

/** Of the room with everybody on the head, with an item for each member, and with delivery from the stream. */
const rooms = { small: 0, large: 8, 'very large': 100 };

/**
 * All that a client shows of the room, with its whole history and the receipts of those who let them be known; clients also take a
 * message for one, so of others they know by chance.
 */
async function seenBy({ chat }: LossyDevice, { room, told }: Run) {
  while (chat.conversations.get(room)?.hasOlder) {
    const loaded = await chat.conversations.loadHistory(room);
    if ('error' in loaded) break;
    // A page that is on its way already is not waited for.
    await sleep(1);
  }
  const state = chat.conversations.get(room);
  if (!state) return undefined;
  // By the time that these are told of nothing else, they say how fast it came.
  const { describedSeq: _, typing: __, receipts, ...seen } = state;
  const known = state.memberCount > limits.receiptMembers ? [] : told;
  return { ...seen, receipts: Object.fromEntries(known.map(({ id }) => [id, receipts[id]])) };
}

/** Both are the same, once all is told that is under way. */
async function agree(one: () => Promise<unknown>, other: () => Promise<unknown>): Promise<void> {
  for (const end = performance.now() + 10_000; performance.now() < end; await sleep(100))
    if (isDeepStrictEqual(await one(), await other())) return;
  expect(await one()).toEqual(await other());
}

/** Everyone's devices show what a new one of theirs does, which stays; `before` they are looked at. */
async function agreeWithFresh(run: Run, before = (_: LossyDevice) => {}): Promise<void> {
  const known = run.known;
  for (const person of run.present) {
    const fresh = await run.addDevice(person);
    fresh.platform.calm = true;
    await expect.poll(() => fresh.chat.connection, wait).toBe('online');
    await expect.poll(() => fresh.chat.conversations.loaded, wait).toBe(true);
    fresh.chat.show(run.room);
    for (const device of known.filter((one) => one.person === person))
      await agree(
        () => {
          before(device);
          return seenBy(device, run);
        },
        () => seenBy(fresh, run),
      );
    const unread = fresh.chat.conversations.get(run.room)?.unread;
    if (unread !== undefined) expect({ unread, told: unread }).toEqual(await recount(person, run.room));
  }
}

/** The messages of others after the read pointer, counted one by one, and as the server tells their number. */
async function recount({ id, call }: Person, room: string) {
  const { readSeq, unread: told } = (await call('GET /conversations/{id}', { params: { id: room } })).body;
  const messages = await allMessages(call, room, readSeq);
  return { unread: messages.filter(({ senderId }) => senderId !== id).length, told };
}

async function allMessages(call: Person['call'], room: string, from = 0): Promise<Message[]> {
  const messages: Message[] = [];
  for (let after = from, more = true; more; ) {
    const query = { after: String(after) };
    const page = (await call('GET /conversations/{id}/messages', { params: { id: room }, query })).body;
    messages.push(...page.messages);
    after = page.messages.at(-1)?.seq;
    more = page.hasMore;
  }
  return messages;
}

/**
 * Everything that was written arrived once, in the order of writing, or was refused; what arrived may be refused when it is sent
 * again, if its sender is no member any more. Files are kept for the messages that they are in.
 */
async function checkWritten({ known, people, room }: Run): Promise<void> {
  const messages = await allMessages(people[0].call, room);
  const arrived = messages.map(({ clientId }) => clientId);
  expect(new Set(arrived).size).toBe(arrived.length);
  for (const { written, refused } of known) {
    const here = arrived.filter((id) => written.includes(id));
    expect(here).toEqual(written.filter((id) => here.includes(id)));
    expect(refused).toEqual(expect.arrayContaining(written.filter((id) => !here.includes(id))));
  }
  const files = new Set(messages.flatMap(({ media }) => media.map(({ id }) => id)));
  for (const id of files) {
    const uses = messages.filter(({ media }) => media.some((file) => file.id === id)).map(({ seq }) => seq);
    expect((await api.usesOf(id)).sort((a, b) => a - b)).toEqual(uses);
  }
}

/** What devices know of who is there is what the server says when it is asked, once the grace of those who went is over. */
async function agreeOnPresence(run: Run, gone: Person): Promise<void> {
  const pairs = run.known
    .filter(({ person }) => person !== gone)
    .flatMap((device) => run.present.map((other) => ({ device, other })))
    .filter(({ device, other }) => device.person !== other);
  async function presences() {
    const asked = await Promise.all(
      pairs.map(({ device, other }) => device.person.call('GET /users/{id}/presence', { params: { id: other.id } })),
    );
    const isTold = (_: unknown, i: number) => asked[i]?.status === 200;
    const known = pairs.map(({ device, other }) => device.chat.presence.get(other.id));
    return { known: known.filter(isTold), asked: asked.map(({ body }) => body).filter(isTold) };
  }
  // That somebody went is news that the stream brings a moment later, and from then on it waits for so long.
  for (let tries = 0; tries < 15; tries++) {
    await sleep(300);
    clock.pass(graceMs + 1_000);
    await sleep(200);
    const { known, asked } = await presences();
    if (isDeepStrictEqual(known, asked)) return;
  }
  const { known, asked } = await presences();
  expect(known).toEqual(asked);
}

test.each(Object.entries(rooms))(
  'in a %s room, whatever is done at once, lost, repeated and cut off, all end in what a fresh fetch gives',
  async (_, crowdSize) => {
    await fc.assert(
      fc.asyncProperty(scenario, async (input) => {
        await using run = await Run.begin(api, clock, crowdSize, input);
        await run.play();
        await run.calm();
        await agreeWithFresh(run, ({ chat }) => chat.show(run.room)());
        await run.finale();
        await agreeWithFresh(run);
        await checkWritten(run);
        await checkSecrecy(run);
        const since = marked(run);
        const [, ben, cara] = run.people;
        const gone = run.opens ? ben : cara;
        await run.partWith(gone);
        await agreeOnPresence(run, gone);
        await checkPresence(run, since);
      }),
      { ...runs(1), endOnFailure: true },
    );
  },
  propertyTimeout,
);

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

/** The kinds of conversation: small, large, and so large that changes are delivered from the stream. */
const rooms = { small: 0, large: 8, 'very large': 100 };

/**
 * All that a client shows of the conversation, with its whole history. Receipts are the ticks of its own messages, by how many of them
 * each has: only of users who never hide them, because what a client knows of the others is a matter of chance, as it also takes a message
 * for a receipt of its sender.
 */
async function seenBy({ chat, person }: LossyDevice, run: Run) {
  const { room } = run;
  while (chat.conversations.get(room)?.hasOlder) {
    const loaded = await chat.conversations.loadHistory(room);
    if ('error' in loaded) break;
    // A page that is already being loaded isn't waited for.
    await sleep(1);
  }
  const state = chat.conversations.get(room);
  if (!state) return undefined;
  // These only depend on how fast something arrived.
  const { describedSeq: _, typing: __, receipts, ...seen } = state;
  const known = state.memberCount > limits.receiptMembers ? [] : run.toldTo(person);
  const own = state.messages.filter(({ senderId }) => senderId === person.id);
  const upTo = (pointer = 0) => own.filter(({ seq }) => seq <= pointer).length;
  const ticks = known
    .filter(({ id }) => id !== person.id)
    .map(({ id }) => [id, { delivered: upTo(receipts[id]?.delivered), read: upTo(receipts[id]?.read) }]);
  return { ...seen, ticks: Object.fromEntries(ticks) };
}

/** Waits until both are the same, since events may still be on their way. */
async function agree(one: () => Promise<unknown>, other: () => Promise<unknown>): Promise<void> {
  for (const end = performance.now() + 10_000; performance.now() < end; await sleep(100))
    if (isDeepStrictEqual(await one(), await other())) return;
  expect(await one()).toEqual(await other());
}

/** Checks that each device shows the same as a new device of its user, which is kept. `before` is called before that. */
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

/** Checks that the unread count of the server is the number of others' messages after the read pointer. */
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
 * Checks that each message that was written was stored once, in the order of writing, or was refused. A stored message may also
 * be refused, if it is sent again when its sender isn't a member any more. Files have exactly the uses by the messages that have
 * them.
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

/** Checks that the presence on each device is that which the server gives, once the grace period of those who left is over. */
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
  // The stream delivers a disconnect a moment later. After that it waits for the grace period.
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

import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type * as z from 'zod/mini';
import { limits } from '../../protocol/limits.ts';
import { Message } from '../../protocol/messages.ts';
import { Receipt } from '../../protocol/receipts.ts';
import { type Api, type Person, startApi } from '../helpers/api.ts';
import { type LossyDevice, Run, scenario, wait } from '../helpers/run.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

/** Of the room with everybody on the head, with an item for each member, and with delivery from the stream. */
const rooms = { small: 0, large: 8, 'very large': 100 };

/** Some, for each size of room, take 20 s; `RUNS` and `SEED` are for more of them, and for having those again that failed. */
const numRuns = Number(process.env['RUNS'] ?? 2);
const seed = process.env['SEED'];

/**
 * All that a client shows of the room, with its whole history and the receipts of those who let them be known; clients also take a
 * message for one, so of others they know by chance.
 */
async function seenBy({ chat }: LossyDevice, { room, told }: Run) {
  const hide = chat.show(room);
  while (chat.conversations.get(room)?.hasOlder) {
    const loaded = await chat.conversations.loadHistory(room);
    if ('error' in loaded) break;
    // A page that is on its way already is not waited for.
    await sleep(1);
  }
  hide();
  const state = chat.conversations.get(room);
  if (!state) return undefined;
  // By the time that these are told of nothing else, they say how fast it came.
  const { describedSeq: _, typing: __, receipts, ...seen } = state;
  const known = state.memberCount > limits.receiptMembers ? [] : told;
  return { ...seen, receipts: Object.fromEntries(known.map(({ id }) => [id, receipts[id]])) };
}

/** Both show the same, once all is told that is under way. */
async function agree(device: LossyDevice, fresh: LossyDevice, run: Run): Promise<void> {
  for (const end = Date.now() + 10_000; Date.now() < end; await sleep(100)) {
    if (isDeepStrictEqual(await seenBy(device, run), await seenBy(fresh, run))) return;
  }
  expect(await seenBy(device, run)).toEqual(await seenBy(fresh, run));
}

/** The messages of others after the read pointer, counted one by one. */
async function recount({ id, call }: Person, room: string) {
  const { readSeq, unread } = (await call('GET /conversations/{id}', { params: { id: room } })).body;
  let counted = 0;
  for (let after = readSeq, more = true; more; ) {
    const query = { after: String(after) };
    const page = (await call('GET /conversations/{id}/messages', { params: { id: room }, query })).body;
    counted += page.messages.filter(({ senderId }: Message) => senderId !== id).length;
    after = page.messages.at(-1)?.seq;
    more = page.hasMore;
  }
  return { unread, counted };
}

/** When someone was in the room: from behind the first number until before the second. */
type Stay = [from: number, until: number];

/** Who was in the room when, as its owner was told. */
async function staysIn({ room, people }: Run): Promise<Map<string, Stay[]>> {
  const [ann, ben, cara] = people;
  const stays = new Map<string, Stay[]>([ann, ben, cara].map(({ id }) => [id, [[0, Number.POSITIVE_INFINITY]]]));
  for (let cursor = 0, more = true; more; ) {
    const { body } = await ann.call('POST /sync', { body: { cursors: { [room]: cursor } } });
    const [synced] = body.conversations;
    expect(synced.resync, 'too much happened for one sync').toBeUndefined();
    for (const { type, change, userId, seq } of synced.events) {
      const theirs = stays.get(userId) ?? [];
      const last = theirs.at(-1);
      if (type === 'member' && change === 'added') stays.set(userId, [...theirs, [seq, Number.POSITIVE_INFINITY]]);
      if (type === 'member' && ['left', 'removed'].includes(change) && last) last[1] = Math.min(last[1], seq);
    }
    cursor = synced.events.at(-1)?.seq ?? cursor;
    more = synced.more;
  }
  return stays;
}

/** Everything of one kind that is somewhere in what the server told. */
function allIn<T>(schema: z.ZodMiniType<T>, told: unknown): T[] {
  if (typeof told !== 'object' || told === null) return [];
  const { success, data } = schema.safeParse(told);
  return [...(success ? [data] : []), ...Object.values(told).flatMap((part) => allIn(schema, part))];
}

/** Who was told the text of a message was there when it was written, and had joined before where the history is closed. */
async function checkSecrecy(run: Run): Promise<void> {
  const stays = await staysIn(run);
  for (const { person, platform } of run.devices) {
    for (const frame of new Set(platform.told)) {
      const told: unknown = JSON.parse(frame);
      for (const { userId, read } of allIn(Receipt, told))
        if (userId !== person.id && read > 0 && !run.told.some(({ id }) => id === userId))
          expect.fail(`${person.username} was told ${frame}`);
      for (const { seq, updatedSeq = seq, text } of allIn(Message, told)) {
        const saw = (stays.get(person.id) ?? []).some(
          ([from, until]) => (run.opens || from < seq) && updatedSeq < until,
        );
        if (text !== '' && !saw) expect.fail(`${person.username}, there at ${stays.get(person.id)}, was told ${frame}`);
      }
    }
  }
}

test.each(Object.entries(rooms))(
  'in a %s room, whatever is done at once, lost, repeated and cut off, all end in what a fresh fetch gives',
  async (_, crowdSize) => {
    await fc.assert(
      fc.asyncProperty(scenario, async (input) => {
        const run = await Run.begin(api, crowdSize, input);
        await run.play(input.actions);
        await run.calm();
        const { room, erased } = run;
        const known = run.devices.filter(({ person }) => person !== erased);
        for (const person of run.people) {
          if (person === erased) continue;
          const fresh = await run.addDevice(person);
          fresh.platform.calm = true;
          await expect.poll(() => fresh.chat.connection, wait).toBe('online');
          for (const device of known.filter((one) => one.person === person)) await agree(device, fresh, run);
          if (!fresh.chat.conversations.get(room)) continue;
          const { unread, counted } = await recount(person, room);
          expect(unread).toBe(counted);
          expect(fresh.chat.conversations.get(room)?.unread).toBe(counted);
        }
        await checkSecrecy(run);
        for (const { chat } of run.devices) chat.close();
      }),
      { numRuns, endOnFailure: true, ...(seed && { seed: Number(seed) }) },
    );
  },
  3_600_000,
);

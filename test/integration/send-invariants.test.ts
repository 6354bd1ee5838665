import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { expression } from '#adapters/dynamo/expression.ts';
import { keys } from '#adapters/dynamo/messages/keys.ts';
import type { Change } from '#core/conversations/change.ts';
import type { Draft } from '#core/messages/draft.ts';
import { receive } from '#core/messages/receipts.ts';
import { unreadOf } from '#core/messages/unread.ts';
import { sync } from '#core/sync/sync.ts';
import { type Chat, Crash, chatOn, crashing, draft, intercepted, ok, startChatTables } from '#test/helpers/chat.ts';
import { propertyTimeout, runs } from '#test/helpers/runs.ts';

const socketOf = (userId: string) => ({ userId, connectionId: 'one' });

const uuid = (n: number) => `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

let tables: Awaited<ReturnType<typeof startChatTables>>;
beforeAll(async () => {
  tables = await startChatTables();
});
afterAll(() => tables.stop());

/** One call to send a message, with any `after`. It may crash at any call to the database, and is tried again unless its sender gives up. */
const copy = fc.record({
  crashes: fc.array(fc.record({ at: fc.integer({ min: 1, max: 9 }), when: fc.constantFrom('before', 'after') }), {
    maxLength: 2,
  }),
  givesUp: fc.boolean(),
  // What a client knew when it first sent the message, or what a wrong client says that it knew.
  after: fc.nat(8),
});

const scenario = fc.record({
  members: fc.constantFrom(3, 9),
  // The ids of one sender are often out of order.
  senders: fc.array(
    fc.uniqueArray(fc.record({ id: fc.nat(40), copies: fc.array(copy, { minLength: 1, maxLength: 3 }) }), {
      selector: ({ id }) => id,
      minLength: 1,
      maxLength: 4,
    }),
    { minLength: 1, maxLength: 3 },
  ),
  readers: fc.nat(2),
  rate: fc.constantFrom({ perSecond: 1_000, burst: 1_000_000 }, { perSecond: 10, burst: 2 }),
  scheduler: fc.scheduler(),
});

async function run({
  members,
  senders,
  readers,
  rate,
  scheduler,
}: typeof scenario extends fc.Arbitrary<infer T> ? T : never) {
  const { client } = tables;
  const users = Array.from({ length: members }, (_, i) => uuid(1_000 + i));
  const chat = chatOn(client);
  const [owner = '', ...others] = users;
  const { conversationId } = ok(await chat.commands.create(owner, { type: 'group', name: 'g', memberIds: others }));

  const scheduled = intercepted(client, async (call) => {
    await scheduler.schedule(Promise.resolve());
    return call();
  });
  const acks = new Map<string, Set<number>>();
  const draftOf = (senderId: string, id: number, after = 0) => ({
    conversationId,
    senderId,
    clientId: uuid(id),
    text: `message ${id}`,
    replyTo: null,
    after,
  });
  const acked = (senderId: string, id: number, seq: number) => {
    const key = `${senderId} ${uuid(id)}`;
    acks.set(key, (acks.get(key) ?? new Set()).add(seq));
  };
  const clock = { now: Date.now() };
  const on = (database: DynamoDb) => chatOn(database, uuidv7, { rate, clock: () => clock.now });
  /** A sender who is rate limited waits, and sends the same again. One whose `after` isn't there yet sends a lower one. */
  const sendOn = async (one: Chat, draft: Draft) => {
    for (let { after = 0 } = draft; ; ) {
      const result = await one.send({ ...draft, after });
      const code = 'error' in result ? result.error.code : undefined;
      if (!('error' in result) || (code !== 'rate_limited' && code !== 'bad_request')) return ok(result).message;
      clock.now += result.error.retryAfterMs ?? 0;
      if (code === 'bad_request') after--;
    }
  };
  const remembering = on(scheduled);
  const transmit = async (
    senderId: string,
    id: number,
    { crashes, givesUp, after }: { crashes: Crashing[]; givesUp: boolean; after: number },
  ) => {
    for (const { at, when } of crashes) {
      try {
        const { seq } = await sendOn(on(crashing(scheduled, at, when)), draftOf(senderId, id, after));
        return acked(senderId, id, seq);
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
      }
    }
    if (crashes.length > 0 && givesUp) return;
    acked(senderId, id, (await sendOn(remembering, draftOf(senderId, id, after))).seq);
  };

  const sending = senders.flatMap((messages, i) =>
    messages.flatMap(({ id, copies }) => copies.map((one) => transmit(users[i] ?? '', id, one))),
  );
  const seen: Change[][] = [];
  const reading = Array.from({ length: readers }, async () => {
    seen.push(await chatOn(scheduled).everything(conversationId));
  });
  await scheduler.waitFor(Promise.all([...sending, ...reading]));

  const history = await chat.everything(conversationId);
  return { chat, conversationId, users, acks, history, seen, draftOf };
}

type Crashing = { at: number; when: 'before' | 'after' };

type Outcome = Awaited<ReturnType<typeof run>>;

/** Checks that an acked message is in the history once, at the `seq` that all calls got. */
function checkAcks({ acks, history }: Outcome): void {
  const keys = history.flatMap((change) => (change.type === 'message' ? `${change.senderId} ${change.clientId}` : []));
  expect(new Set(keys).size).toBe(keys.length);
  for (const [key, seqs] of acks) {
    expect([...seqs], key).toHaveLength(1);
    const places = history.filter(
      (change) => change.type === 'message' && `${change.senderId} ${change.clientId}` === key,
    );
    expect(
      places.map(({ seq }) => seq),
      key,
    ).toEqual([...seqs]);
  }
}

/** Checks that `seq` and `n` have no gaps, and that nothing is stored behind a reader's cursor. */
function checkOrder({ history, seen }: Outcome): void {
  expect(history.map(({ seq }) => seq)).toEqual(history.map((_, i) => i + 1));
  // These histories have only messages and voids, and both have an `n`.
  expect(history.map(({ n }) => n)).toEqual(history.map((_, i) => i + 1));
  for (const earlier of seen) expect(history.slice(0, earlier.length)).toEqual(earlier);
}

/** Checks that the unread count is what a count of the history gives, also with voids. */
async function checkUnread({ chat, conversationId, users, history }: Outcome, readUpTo: number): Promise<void> {
  const reader = users.at(-1) ?? '';
  ok(await receive(chat.pointers, socketOf(reader), [{ conversationId, seq: readUpTo, status: 'read' }], 0));
  for (const userId of users) {
    const conversation = await chat.store.load(conversationId, [userId]);
    const me = conversation?.members.get(userId);
    if (!conversation || !me) throw new Error('not a member');
    const recount = history.filter(
      (change) => change.type === 'message' && change.seq > me.readSeq && change.senderId !== userId,
    );
    expect(await unreadOf(chat.store, { conversation, me })).toBe(recount.length);
  }
}

/** Checks that later the same id gives the same answer, and a conflict with other content. */
async function checkRepeats({ chat, acks, draftOf, history }: Outcome): Promise<void> {
  const newest = history.length;
  for (const [key, [seq]] of acks) {
    const [senderId = '', clientId = ''] = key.split(' ');
    const id = Number.parseInt(clientId.slice(-12), 16);
    expect(ok(await chat.send(draftOf(senderId, id))).message.seq).toBe(seq);
    expect(ok(await chat.send(draftOf(senderId, id, newest))).message.seq).toBe(seq);
    const other = await chat.send({ ...draftOf(senderId, id), text: 'something else' });
    expect(other).toMatchObject({ error: { code: 'conflict' } });
  }
}

// All rules are one property, because running a scenario is most of the work.
test(
  'however copies race and senders die, each message has one place, order and unread hold, and ids keep their answers',
  async () => {
    await fc.assert(
      fc.asyncProperty(scenario, fc.nat(12), async (input, readUpTo) => {
        const outcome = await run(input);
        checkAcks(outcome);
        checkOrder(outcome);
        await checkUnread(outcome, readUpTo);
        await checkRepeats(outcome);
      }),
      runs(50),
    );
  },
  propertyTimeout,
);

test.each([
  ['small', 3],
  ['large', 10],
])('in a %s conversation old ids cost no more calls for being many at once', async (_, members) => {
  const [sender = '', ...others] = Array.from({ length: members }, () => uuidv7());
  const { conversationId } = ok(
    await chatOn(tables.client).commands.create(sender, { type: 'group', name: 'g', memberIds: others }),
  );
  let calls = 0;
  let last: Promise<unknown> = Promise.resolve();
  // The calls are made one after the other, so that their number is the same on any machine.
  const counted = intercepted(tables.client, (call) => {
    calls++;
    const answer = last.then(call, call);
    last = answer;
    return answer;
  });
  const ids = Array.from({ length: 60 }, () => uuidv7()).reverse();
  const results = await Promise.all(
    // Each call is from another environment.
    ids.map((clientId) => chatOn(counted).send(draft(conversationId, sender, { clientId, after: 0 }))),
  );
  expect(new Set(results.map((result) => ok(result).message.seq)).size).toBe(ids.length);
  expect(calls / ids.length).toBeLessThan(25);
});

test.each([
  ['small', 4],
  ['large', 10],
])('in a %s conversation however many voids there are, the head stays small and unread exact', async (_, members) => {
  const chat = chatOn(tables.client);
  const users = Array.from({ length: members }, () => uuidv7());
  const [sender = '', early = '', middle = '', ...others] = users;
  const { conversationId } = ok(
    await chat.commands.create(sender, { type: 'group', name: 'g', memberIds: [early, middle, ...others] }),
  );
  const read = async (userId: string) => {
    const { seq = 0 } = (await chat.store.load(conversationId, [])) ?? {};
    ok(await receive(chat.pointers, socketOf(userId), [{ conversationId, seq, status: 'read' }], 0));
  };
  ok(await chat.send(draft(conversationId, sender)));
  await read(early);

  // Numbers that are given out and never used, some found at once and some late, by several readers at the same time
  const leave = () => chat.leaveNumber(draft(conversationId, sender));
  for (let i = 0; i < 12; i++) {
    await Promise.all(Array.from({ length: 10 }, leave));
    ok(await chat.send(draft(conversationId, sender)));
    if (i % 3 === 0) await Promise.all([chat.everything(conversationId), chat.everything(conversationId)]);
    if (i === 6) await read(middle);
  }
  const history = await chat.everything(conversationId);
  expect(history.filter(({ type }) => type === 'void')).toHaveLength(120);
  const head = await chat.table.get(keys.head(conversationId));
  expect(head?.['voids'].size).toBeLessThanOrEqual(80);

  for (const userId of users) {
    const [own] = await chat.own(userId);
    if (!own) throw new Error('not a member');
    const recount = history.filter(({ type, seq }) => type === 'message' && seq > own.me.readSeq);
    expect(await unreadOf(chat.store, own)).toBe(recount.length);
    const [synced] = (await sync(chat.store, userId, { cursors: { [conversationId]: 0 } })).conversations;
    expect(synced?.unread).toBe(recount.length);
  }
  for (const userId of users) ok(await chat.send(draft(conversationId, userId)));
});

test('a head that is full of voids takes more of them, and unread stays exact', async () => {
  const chat = chatOn(tables.client);
  const [sender = '', reader = ''] = [uuidv7(), uuidv7()];
  const { conversationId } = ok(await chat.commands.create(sender, { type: 'direct', memberIds: [reader] }));
  // These numbers are above all that were given out, so that they count for nobody.
  const many = new Set(Array.from({ length: 512 }, (_, i) => 10_001 + i));
  await chat.table.update(keys.head(conversationId), expression`SET voids = ${many}`);
  for (let i = 0; i < 3; i++) {
    await chat.leaveNumber(draft(conversationId, sender));
    ok(await chat.send(draft(conversationId, sender)));
  }
  const history = await chat.everything(conversationId);
  expect(history.map(({ type }) => type)).toEqual(['void', 'message', 'void', 'message', 'void', 'message']);
  expect((await chat.table.get(keys.head(conversationId)))?.['voids']).toEqual(new Set([1, 3, 5]));
  const [own] = await chat.own(reader);
  expect(own && (await unreadOf(chat.store, own))).toBe(3);
});

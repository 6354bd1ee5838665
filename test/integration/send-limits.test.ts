import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeItem } from '#adapters/dynamo/attribute-values.ts';
import { headOf } from '#adapters/dynamo/messages/heads.ts';
import type { Conversation, Member } from '#core/conversations/conversation.ts';
import { chatOn, draft, intercepted, messagesTable, ok, startChatTables } from '#test/helpers/chat.ts';

const start = Date.UTC(2031, 5);
const rate = { perSecond: 10, burst: 3 };

let tables: Awaited<ReturnType<typeof startChatTables>>;
beforeAll(async () => {
  tables = await startChatTables();
});
afterAll(() => tables.stop());

/** A group with a message limit, a clock that stands still, and the number of calls to the database. */
async function group(members: number) {
  const users = Array.from({ length: members }, () => uuidv7());
  const clock = { now: start };
  const calls = { made: 0 };
  const client = intercepted(tables.client, (call) => {
    calls.made++;
    return call();
  });
  const chat = chatOn(client, uuidv7, { rate, clock: () => clock.now });
  const [sender = '', ...others] = users;
  const { conversationId } = ok(await chat.commands.create(sender, { type: 'group', name: 'g', memberIds: others }));
  const { seq } = (await chat.store.load(conversationId, [])) ?? { seq: 0 };
  const send = (more: object = {}) => chat.send(draft(conversationId, sender, { after: seq, ...more }));
  return { chat, conversationId, sender, other: others[0] ?? '', clock, calls, send };
}

describe.each([
  ['small', 3],
  ['large', 10],
])('in a %s conversation', (_, members) => {
  test('a message beyond the burst is refused until a token is back, and leaves no trace', async () => {
    const { chat, conversationId, sender, clock, send } = await group(members);
    for (let i = 0; i < rate.burst; i++) ok(await send());
    const before = await chat.store.load(conversationId, [sender]);
    const id = uuidv7();
    expect(await send({ clientId: id })).toMatchObject({
      error: { code: 'rate_limited', temporary: true, retryAfterMs: 100 },
    });
    expect(await chat.store.load(conversationId, [sender])).toEqual(before);
    clock.now += 99;
    expect(await send({ clientId: id })).toMatchObject({ error: { retryAfterMs: 1 } });
    clock.now += 1;
    const { message } = ok(await send({ clientId: id }));
    expect(message.seq).toBe((before?.seq ?? 0) + 1);
    expect((await chat.everything(conversationId)).at(-1)).toEqual(message);
  });

  test('what was accepted is answered again however empty the bucket is, and takes nothing from it', async () => {
    const { clock, send } = await group(members);
    const ids = Array.from({ length: rate.burst }, () => uuidv7());
    const accepted = [];
    for (const clientId of ids) accepted.push(ok(await send({ clientId })).message.seq);
    for (const _ of ids) {
      const again = [];
      for (const clientId of ids) again.push(ok(await send({ clientId })).message.seq);
      expect(again).toEqual(accepted);
    }
    clock.now += 100;
    ok(await send());
  });

  test('old ids are no way around the limit', async () => {
    const { send } = await group(members);
    const ids = Array.from({ length: 6 }, () => uuidv7()).reverse();
    const codes = [];
    for (const clientId of ids) {
      const result = await send({ clientId });
      codes.push('error' in result ? result.error.code : 'ok');
    }
    expect(codes).toEqual(['ok', 'ok', 'ok', 'rate_limited', 'rate_limited', 'rate_limited']);
  });

  test('each sender has a bucket of their own', async () => {
    const { chat, conversationId, other, send } = await group(members);
    for (let i = 0; i <= rate.burst; i++) await send();
    ok(await chat.send(draft(conversationId, other)));
  });

  test('an environment that knows nothing of the sender counts just the same', async () => {
    const { conversationId, sender, clock, send } = await group(members);
    for (let i = 0; i < rate.burst; i++) ok(await send());
    const elsewhere = () => chatOn(tables.client, uuidv7, { rate, clock: () => clock.now });
    const sendElsewhere = () => elsewhere().send(draft(conversationId, sender));
    expect(await sendElsewhere()).toMatchObject({ error: { code: 'rate_limited' } });
    clock.now += 200;
    ok(await sendElsewhere());
    ok(await sendElsewhere());
    expect(await sendElsewhere()).toMatchObject({ error: { code: 'rate_limited' } });
  });
});

test('counting costs no call more, slow or fast', async () => {
  const { clock, calls, send } = await group(3);
  for (const pause of [0, 0, 10_000, 0, 150, 40, 10_000]) {
    clock.now += pause;
    const before = calls.made;
    ok(await send());
    expect(calls.made - before).toBe(2);
  }
});

test('of messages at once from many environments no more than the burst come through', async () => {
  const { conversationId, sender, clock, chat } = await group(3);
  const elsewhere = () => chatOn(tables.client, uuidv7, { rate, clock: () => clock.now });
  const results = await Promise.all(
    Array.from({ length: 12 }, () => elsewhere().send(draft(conversationId, sender, { after: 0 }))),
  );
  expect(results.filter((result) => 'ok' in result)).toHaveLength(rate.burst);
  expect(await chat.everything(conversationId)).toHaveLength(rate.burst);
});

test('the head of eight who have written ten million changes is one write unit', async () => {
  const seq = 9_999_999;
  const users = Array.from({ length: 8 }, () => uuidv7());
  const member = (userId: string, i: number): [string, Member] => [
    userId,
    {
      userId,
      role: i === 0 ? 'owner' : 'member',
      joinedAt: start - i * 7,
      joinedSeq: i,
      readSeq: seq - i,
      readN: seq - 9 - i,
      deliveredSeq: seq - i,
      mark: { id: userId, seq: seq - i },
      fullAt: start + i,
    },
  ];
  const conversation: Conversation = {
    id: uuidv7(),
    type: 'group',
    name: 'The weekend in the mountains',
    history: 'all',
    createdAt: start,
    seq,
    n: seq - 9,
    voids: [],
    lastActivityAt: start + 1,
    lastMessageSeq: seq,
    revision: 12,
    memberCount: 8,
    large: false,
    members: new Map(users.map(member)),
  };
  const { ConsumedCapacity } = await tables.client.call('PutItem', {
    TableName: messagesTable.TableName,
    Item: encodeItem(headOf(conversation)),
    ReturnConsumedCapacity: 'TOTAL',
  });
  expect(ConsumedCapacity?.CapacityUnits).toBe(1);
});

import { expect, test } from 'vitest';
import { createReceiptDelivery } from '#core/delivery/receipts.ts';
import { limits } from '#protocol/limits.ts';
import { conversationOf, deliveryOf, memberOf } from '#test/helpers/delivery.ts';

const members = { ann: {}, ben: {}, cara: {} };
const room = conversationOf(members);
const hall = conversationOf(members, { memberCount: limits.receiptMembers + 1, large: true });

/** A member who has read up to a `seq`, all of which was delivered to them before. */
const reading = (userId: string, readSeq: number, at = 0) => ({
  before: memberOf(userId, { deliveredSeq: 9 }),
  after: memberOf(userId, { deliveredSeq: 9, readSeq }),
  at,
});
const receipt = (userId: string, read: number) => ({
  type: 'receipt',
  conversationId: 'room',
  userId,
  delivered: 9,
  read,
});

test('who wrote it is told how far someone has read, and the devices of the reader, but nobody else', async () => {
  const delivery = deliveryOf(room, { authors: ['ben', 'someone who left'] });
  await createReceiptDelivery(delivery)('room', [reading('ann', 4)]);
  expect(delivery.got).toEqual({ ann: [receipt('ann', 4)], ben: [receipt('ann', 4)] });
});

test('who wrote it is asked of the changes that the pointers have moved over', async () => {
  const asked: unknown[] = [];
  const delivery = deliveryOf(room);
  const authorsOf: typeof delivery.authorsOf = async (...changes) => {
    asked.push(changes);
    return new Set();
  };
  const received = {
    before: memberOf('ben', { readSeq: 2 }),
    after: memberOf('ben', { readSeq: 2, hiddenSeq: 7 }),
    at: 0,
  };
  await createReceiptDelivery({ ...delivery, authorsOf })('room', [reading('ann', 4), received]);
  expect(asked).toEqual([['room', 0, 7]]);
});

test('all members are told if somebody has read more than can be looked at', async () => {
  const delivery = deliveryOf(room);
  await createReceiptDelivery(delivery)('room', [reading('ann', 4)]);
  expect(delivery.got).toEqual(Object.fromEntries(Object.keys(members).map((name) => [name, [receipt('ann', 4)]])));
});

const at = 1_000_000;
test.each([
  ['had no other socket, and has none', {}, []],
  ['has another one', { connections: { ann: ['phone', 'laptop'] } }, ['phone', 'laptop']],
  ['has closed another one since', { lastSeenAt: { ann: at + 1 } }, ['ann']],
  ['has perhaps closed another one since', { lastSeenAt: { ann: at - 4_000 } }, ['ann']],
  ['closed another one long before', { lastSeenAt: { ann: at - 60_000 } }, []],
])('the devices of a reader who %s are told if one may not know it', async (_, world, told) => {
  const delivery = deliveryOf(room, { ...world, authors: [] });
  await createReceiptDelivery(delivery)('room', [reading('ann', 4, at)]);
  expect(Object.keys(delivery.got)).toEqual(told);
});

test('what someone hides is told to their own devices alone', async () => {
  const delivery = deliveryOf(room, { settings: { ann: { privateRead: true } } });
  await createReceiptDelivery(delivery)('room', [reading('ann', 4), reading('ben', 5)]);
  expect(delivery.got).toEqual({
    ann: [receipt('ann', 4), receipt('ben', 5)],
    ben: [receipt('ben', 5)],
    cara: [receipt('ben', 5)],
  });
});

test('in a room that is too large everyone is told of themselves alone', async () => {
  const delivery = deliveryOf(hall);
  await createReceiptDelivery(delivery)('room', [reading('ann', 4), reading('ben', 5)]);
  expect(delivery.got).toEqual({ ann: [receipt('ann', 4)], ben: [receipt('ben', 5)] });
});

test('nobody is told of who is no member any more', async () => {
  const delivery = deliveryOf(room);
  await createReceiptDelivery(delivery)('room', [reading('eve', 4)]);
  expect(Object.values(delivery.got).flat()).toEqual([]);
});

test('where nothing moved, nothing is read', async () => {
  const delivery = deliveryOf(room);
  await createReceiptDelivery(delivery)('room', []);
  expect(delivery.loaded).toEqual([]);
});

test('members of a room are told once a second', async () => {
  const delivery = deliveryOf(room);
  const deliver = createReceiptDelivery(delivery);
  await deliver('room', [reading('ann', 4)]);
  delivery.runtime.time += 400;
  await deliver('room', [reading('ann', 5)]);
  await deliver('hall', [reading('ann', 4)]);
  expect(delivery.runtime.slept).toEqual([0, 600, 0]);
});

test('in a group nobody is told of those whom a block keeps apart from them', async () => {
  const delivery = deliveryOf(room, { blocks: { ann: ['ben'] } });
  await createReceiptDelivery(delivery)('room', [reading('ann', 4), reading('ben', 5)]);
  expect(delivery.got).toEqual({
    ann: [receipt('ann', 4)],
    ben: [receipt('ben', 5)],
    cara: [receipt('ann', 4), receipt('ben', 5)],
  });
});

const written = { mark: { id: 'an id', seq: 1 } };
const ownOnly = { ann: [receipt('ann', 4)], ben: [receipt('ben', 5)] };
const direct = { type: 'direct' as const, begunBy: 'ann' };

test.each([
  ['has not written', { ann: written, ben: {} }, { ann: [receipt('ann', 4)] }],
  ['has written', { ann: {}, ben: written }, { ann: [receipt('ann', 4), receipt('ben', 5)] }],
  ['has blocked the one who began it', { ann: { ...written, blocked: true as const }, ben: written }, ownOnly],
  ['is blocked by the one who began it', { ann: written, ben: { ...written, blocked: true as const } }, ownOnly],
])('who began a direct conversation, and the other, are told what they may if the other %s', async (_, pair, got) => {
  const delivery = deliveryOf(conversationOf(pair, direct));
  await createReceiptDelivery(delivery)('room', [reading('ann', 4), reading('ben', 5)]);
  expect(delivery.got).toEqual({ ben: [receipt('ann', 4), receipt('ben', 5)], ...got });
});

import { expect, test } from 'vitest';
import { receiptOf, receiptsFor, receiptsIn } from '#core/messages/receipts.ts';
import { createThrottle } from '#core/rate-limits/throttle.ts';
import { limits } from '#protocol/limits.ts';
import { conversationOf, deliveryOf } from '#test/helpers/delivery.ts';

const pointers = (userId: string, deliveredSeq: number, readSeq: number) => ({ userId, deliveredSeq, readSeq });
const move = (userId: string, before: [number, number], after: [number, number]) => ({
  before: pointers(userId, ...before),
  after: pointers(userId, ...after),
  at: 0,
});

test('what was read was delivered', () => {
  expect(receiptOf(pointers('ann', 3, 7), false)).toEqual({ userId: 'ann', delivered: 7, read: 7 });
});

test('who hides how far they have read still shows what was delivered', () => {
  expect(receiptOf(pointers('ann', 3, 7), true)).toEqual({ userId: 'ann', delivered: 7, read: 0 });
});

test('others are told nothing of a move that they can’t see; one’s own devices are', () => {
  const moves = [move('ann', [7, 2], [7, 6]), move('ben', [1, 1], [4, 1])];
  const hiding = new Set(['ann']);
  const bens = { userId: 'ben', delivered: 4, read: 1 };
  expect(receiptsFor('cara', moves, hiding)).toEqual([bens]);
  expect(receiptsFor('ann', moves, hiding)).toEqual([{ userId: 'ann', delivered: 7, read: 6 }, bens]);
});

test('turns of one key are a second apart, and those of others are their own', () => {
  const turn = createThrottle(1_000);
  expect([turn('a', 0), turn('a', 0), turn('b', 0), turn('a', 500)]).toEqual([0, 1_000, 0, 1_500]);
  expect([turn('b', 1_400), turn('a', 2_900), turn('a', 9_000)]).toEqual([0, 100, 0]);
});

test('a member sees how far all are, but for what others hide; in large rooms only themselves', async () => {
  const conversation = conversationOf({ ann: { readSeq: 3 }, ben: { readSeq: 4 }, cara: { readSeq: 5 } });
  const settings = { ann: { privateRead: true }, ben: { privateRead: true } };
  const reader = {
    ...deliveryOf(conversation, { settings }),
    allMembers: async () => [...conversation.members.values()],
  };
  const me = conversation.members.get('ann');
  if (!me) throw new Error('no member');
  const read = async (more: object = {}) =>
    (await receiptsIn(reader, { conversation: { ...conversation, ...more }, me })).receipts.map(({ userId, read }) => [
      userId,
      read,
    ]);
  const all = [
    ['ann', 3],
    ['ben', 0],
    ['cara', 5],
  ];
  expect(await read()).toEqual(all);
  expect(await read({ large: true, members: new Map(), memberCount: limits.receiptMembers })).toEqual(all);
  expect(await read({ large: true, memberCount: limits.receiptMembers + 1 })).toEqual([['ann', 3]]);
});

test('a member doesn’t see those whom a block keeps apart from them, nor who has not agreed to a direct conversation', async () => {
  const read = async (more: Parameters<typeof conversationOf>[1], blocks: Record<string, string[]> = {}) => {
    const mark = { id: 'an id', seq: 1 };
    const conversation = conversationOf({ ann: { mark }, ben: {}, cara: { mark } }, more);
    const reader = { ...deliveryOf(conversation, { blocks }), allMembers: async () => [] };
    const me = conversation.members.get('ann');
    if (!me) throw new Error('no member');
    return (await receiptsIn(reader, { conversation, me })).receipts.map(({ userId }) => userId);
  };
  expect(await read({}, { ann: ['ben'] })).toEqual(['ann', 'cara']);
  expect(await read({}, { ben: ['cara'], cara: ['ann'] })).toEqual(['ann', 'ben']);
  expect(await read({ type: 'direct', begunBy: 'ann' })).toEqual(['ann', 'cara']);
  expect(await read({ type: 'direct', begunBy: 'ben' })).toEqual(['ann', 'ben', 'cara']);
  expect(await read({ type: 'direct' })).toEqual(['ann', 'cara']);
});

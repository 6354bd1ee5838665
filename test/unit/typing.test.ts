import { describe, expect, test } from 'vitest';
import { deliverTyping, throttleTyping } from '#core/delivery/typing.ts';
import { fail, type Result } from '#protocol/failures.ts';
import { limits } from '#protocol/limits.ts';
import { conversationOf, deliveryOf } from '#test/helpers/delivery.ts';
import { testRuntime } from '#test/helpers/runtime.ts';

/** Someone who types, with a clock that the test moves and a note of what was delivered. */
function typist(answer: () => Result<object> = () => ({ ok: {} })) {
  const clock = testRuntime();
  const said: string[] = [];
  const type = throttleTyping(clock, async (userId, { conversationId, typing }) => {
    said.push(`${userId} ${conversationId} ${typing}`);
    return answer();
  });
  return { clock, said, type };
}

const on = { conversationId: 'one', typing: true };
const off = { conversationId: 'one', typing: false };

describe('typing', () => {
  test('is said once per 3 seconds, of each person in each conversation', async () => {
    const { clock, said, type } = typist();
    for (let i = 0; i < 5; i++) await type('ann', on);
    await type('ben', on);
    await type('ann', { ...on, conversationId: 'two' });
    expect(said).toEqual(['ann one true', 'ben one true', 'ann two true']);
    clock.time += 2_999;
    await type('ann', on);
    expect(said).toHaveLength(3);
    clock.time += 1;
    await type('ann', on);
    expect(said.at(-1)).toBe('ann one true');
    expect(said).toHaveLength(4);
  });

  test('that stops is said at once, and no more often than it was said to begin', async () => {
    const { clock, said, type } = typist();
    for (let i = 0; i < 3; i++) for (const what of [on, off, off]) await type('ann', what);
    expect(said).toEqual(['ann one true', 'ann one false']);
    clock.time += 3_000;
    await type('ann', on);
    await type('ann', off);
    expect(said).toHaveLength(4);
  });

  test('too often gets the answer from before', async () => {
    let allowed = false;
    const { clock, said, type } = typist(() => (allowed ? { ok: {} } : fail('forbidden')));
    for (const _ of [1, 2]) expect(await type('ann', on)).toMatchObject({ error: { code: 'forbidden' } });
    expect(said).toHaveLength(1);
    allowed = true;
    clock.time += 3_000;
    expect(await type('ann', on)).toEqual({ ok: {} });
  });

  test('is remembered of 10 000 at most', async () => {
    const { said, type } = typist();
    for (let i = 0; i < 10_001; i++) await type(`person ${i}`, on);
    await type('person 10000', on);
    expect(said).toHaveLength(10_001);
    await type('person 0', on);
    expect(said).toHaveLength(10_002);
  });
});

describe('that someone types', () => {
  const room = conversationOf({ ann: {}, ben: {} });
  const event = { type: 'typing', conversationId: 'room', userId: 'ann', typing: true };
  const request = { conversationId: 'room', typing: true };

  test('is told to the other members, invisible ones among them, and not to their own devices', async () => {
    const delivery = deliveryOf(room, { settings: { ben: { invisible: true } } });
    expect(await deliverTyping(delivery, 'ann', request)).toEqual({ ok: {} });
    expect(delivery.got).toEqual({ ben: [event] });
  });

  test.each([
    ['no member', conversationOf({ ben: {} }), 'forbidden'],
    ['blocked', conversationOf({ ann: { blocked: true }, ben: {} }), 'forbidden'],
    ['nowhere', undefined, 'not_found'],
  ])('is refused of who is %s', async (_, conversation, code) => {
    const delivery = deliveryOf(conversation);
    expect(await deliverTyping(delivery, 'ann', request)).toMatchObject({ error: { code } });
    expect(delivery.got).toEqual({});
  });

  test('is told to nobody of who is invisible, and in rooms that are too large', async () => {
    const hidden = deliveryOf(room, { settings: { ann: { invisible: true } } });
    const hall = deliveryOf({ ...room, memberCount: limits.typingMembers + 1 });
    for (const delivery of [hidden, hall]) {
      expect(await deliverTyping(delivery, 'ann', request)).toEqual({ ok: {} });
      expect(delivery.got).toEqual({});
    }
    const largest = deliveryOf({ ...room, memberCount: limits.typingMembers });
    await deliverTyping(largest, 'ann', request);
    expect(largest.got).toEqual({ ben: [event] });
  });

  const pair = { begunBy: 'ann', type: 'direct' as const };
  const written = { mark: { id: 'an id', seq: 1 } };

  test.each([
    ['the one who was written to, who has not written', 'ben', conversationOf({ ann: written, ben: {} }, pair), {}],
    [
      'who has blocked the other',
      'ann',
      conversationOf({ ann: written, ben: { ...written, blocked: true } }, pair),
      {},
    ],
    ['the one who began it', 'ann', conversationOf({ ann: {}, ben: {} }, pair), { ben: [event] }],
    [
      'who has answered',
      'ben',
      conversationOf({ ann: {}, ben: written }, pair),
      { ann: [{ ...event, userId: 'ben' }] },
    ],
  ])('in a direct conversation is told of %s only if it may be', async (_, typist, conversation, got) => {
    const delivery = deliveryOf(conversation);
    expect(await deliverTyping(delivery, typist, request)).toEqual({ ok: {} });
    expect(delivery.got).toEqual(got);
  });

  test('in a group is told to nobody whom a block keeps apart from them', async () => {
    const group = conversationOf({ ann: {}, ben: {}, cara: {}, dora: {} });
    const delivery = deliveryOf(group, { blocks: { ann: ['ben'], cara: ['ann'] } });
    await deliverTyping(delivery, 'ann', request);
    expect(delivery.got).toEqual({ dora: [event] });
  });
});

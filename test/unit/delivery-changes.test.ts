import { describe, expect, test } from 'vitest';
import type { Change, MessageChange } from '#core/conversations/change.ts';
import { audienceOf, deliverMessage, deliverRevision, deliverWritten } from '#core/delivery/changes.ts';
import { deliverNewConversation, deliverToUser } from '#core/delivery/conversations.ts';
import { conversationOf, deliveryOf, type TestDelivery } from '#test/helpers/delivery.ts';

const message = (seq: number, text = 'hello'): MessageChange => ({
  type: 'message',
  conversationId: 'room',
  seq,
  n: seq,
  senderId: 'ann',
  clientId: `id${seq}`,
  text,
  replyTo: null,
  sentAt: 0,
});
const deleted = (seq: number, target: number) =>
  ({ type: 'deleted', conversationId: 'room', seq, n: 0, target, by: 'ann' }) as const;
const removed = (seq: number, userId: string): Change => ({
  type: 'member',
  conversationId: 'room',
  seq,
  n: 0,
  userId,
  change: 'removed',
  by: 'ann',
});
const room = conversationOf({ ann: {}, ben: {}, late: { joinedSeq: 5 } });
const names = (connections: readonly { connectionId: string }[]) => connections.map(({ connectionId }) => connectionId);
const seqs = ({ got }: TestDelivery) =>
  Object.fromEntries(
    Object.entries(got).map(([to, events]) => [to, events.map((event) => ('seq' in event ? event.seq : undefined))]),
  );

describe('a message', () => {
  test('goes to the members who see it', async () => {
    expect(names((await audienceOf(deliveryOf(room), room, 5)).connections)).toEqual(['ann', 'ben']);
    expect(names((await audienceOf(deliveryOf(room), room, 6)).connections)).toEqual(['ann', 'ben', 'late']);
    const open = { ...room, history: 'all' as const };
    expect(names((await audienceOf(deliveryOf(open), open, 5)).connections)).toEqual(['ann', 'ben', 'late']);
  });

  test('goes to all devices of its sender but the one that sent it', async () => {
    const delivery = deliveryOf(room, { connections: { ann: ['phone', 'laptop'] } });
    await deliverMessage(delivery, message(6), (await audienceOf(delivery, room, 6)).connections, {
      connectionId: 'phone',
    });
    expect(seqs(delivery)).toEqual({ laptop: [6], ben: [6], late: [6] });
  });
});

describe('what a command did', () => {
  test('is told to the members, and to those whom it removed', async () => {
    const delivery = deliveryOf(room);
    await deliverWritten(delivery, 'room', [removed(6, 'eve')]);
    expect(seqs(delivery)).toEqual({ ann: [6], ben: [6], late: [6], eve: [6] });
  });

  test('is left to rounds where they deliver it', async () => {
    const delivery = deliveryOf(room);
    await deliverWritten(delivery, 'room', [{ ...removed(6, 'eve'), fanout: true }]);
    expect(delivery.loaded).toEqual([]);
    await deliverWritten(delivery, 'room', [{ ...removed(6, 'eve'), fanout: true }, removed(7, 'eve')]);
    expect(seqs(delivery)).toEqual({ ann: [7], ben: [7], late: [7], eve: [7] });
  });
});

describe('a revision', () => {
  const done = { conversation: room, change: deleted(8, 6), message: { ...message(6, ''), deletedAt: 1 } };

  test('is told with the message as it is now, also to the device that asked', async () => {
    const delivery = deliveryOf(room);
    await deliverRevision(delivery, done);
    expect(Object.keys(delivery.got)).toEqual(['ann', 'ben', 'late']);
    expect(delivery.got['ann']).toMatchObject([{ type: 'deleted', target: 6, message: { text: '' } }]);
  });

  test('is left to rounds where they deliver it', async () => {
    const delivery = deliveryOf(room);
    await deliverRevision(delivery, { ...done, change: { ...done.change, fanout: true } });
    expect(delivery.got).toEqual({});
  });
});

test('a new conversation is told to all of its members, those who made it included', async () => {
  const delivery = deliveryOf(room);
  await deliverNewConversation(delivery, 'room');
  expect(Object.keys(delivery.got)).toEqual(['ann', 'ben', 'late']);
  expect(delivery.got['late']).toEqual([{ type: 'conversation', conversationId: 'room', seq: 0, name: 'Room' }]);
});

test('muting is told to all devices of the one who mutes, and to nobody else', async () => {
  const delivery = deliveryOf(room, { connections: { ann: ['phone', 'laptop'] } });
  const event = { type: 'muted', conversationId: 'room', muted: true } as const;
  await deliverToUser(delivery, 'ann', event);
  expect(delivery.got).toEqual({ phone: [event], laptop: [event] });
});

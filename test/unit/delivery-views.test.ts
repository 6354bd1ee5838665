import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Change, MessageChange } from '#core/conversations/change.ts';
import { farewellsOf, viewsOf } from '#core/delivery/views.ts';

const conversationId = 'c';
const message = (seq: number): MessageChange => ({
  type: 'message',
  conversationId,
  seq,
  n: seq,
  senderId: 'ann',
  clientId: `id${seq}`,
  text: `text ${seq}`,
  replyTo: null,
  sentAt: 0,
});
const deletion = (seq: number, target: number): Change => ({
  type: 'deleted',
  conversationId,
  seq,
  n: 0,
  target,
  by: 'ann',
});
const member = (seq: number, userId: string, change: 'added' | 'removed' | 'left' | 'role' | 'erased'): Change => ({
  type: 'member',
  conversationId,
  seq,
  n: 0,
  userId,
  change,
  by: 'ann',
});

/** What each user gets: the `seq` of the changes, with a star if the event has a message. */
function seen(
  members: Readonly<Record<string, number>>,
  changes: readonly Change[],
  history: 'joined' | 'all' = 'joined',
): Record<string, string[]> {
  const targets = new Map(
    changes.flatMap((change) => ('target' in change ? [[change.target, message(change.target)]] : [])),
  );
  const people = Object.entries(members).map(([userId, joinedSeq]) => ({ userId, joinedSeq }));
  const views = [...viewsOf({ history }, people, changes, targets, String), ...farewellsOf(people, changes, String)];
  const got = views.flatMap(({ events, userIds }) =>
    userIds.map((userId) => [
      userId,
      events.map((event) => ('seq' in event ? `${event.seq}${'message' in event && event.message ? '*' : ''}` : '')),
    ]),
  );
  expect(new Set(got.map(([userId]) => userId)).size).toBe(got.length);
  return Object.fromEntries(got);
}

test('everybody gets what came after they joined, without the messages from before', () => {
  const changes = [message(10), message(11), deletion(12, 5), deletion(13, 11)];
  expect(seen({ ann: 0, ben: 7, cara: 10, dora: 12 }, changes)).toEqual({
    ann: ['10*', '11*', '12*', '13*'],
    ben: ['10*', '11*', '12', '13*'],
    cara: ['11*', '12', '13*'],
    dora: ['13'],
  });
});

test('where the history is open, those who joined late see as much as the others', () => {
  const changes = [message(10), deletion(11, 5)];
  expect(seen({ ann: 0, ben: 10 }, changes, 'all')).toEqual({ ann: ['10*', '11*'], ben: ['10*', '11*'] });
});

test.each(['removed', 'left', 'erased'] as const)('who has %s is told of that and of nothing else', (change) => {
  const changes = [message(10), member(11, 'ben', change), message(12)];
  expect(seen({ ann: 0 }, changes)).toEqual({ ann: ['10*', '11', '12*'], ben: ['11'] });
});

test('who was removed and is back sees what came since', () => {
  const changes = [member(10, 'ben', 'removed'), message(11), member(12, 'ben', 'added'), message(13)];
  expect(seen({ ann: 0, ben: 11 }, changes)).toEqual({ ann: ['10', '11*', '12', '13*'], ben: ['12', '13*'] });
});

test('people who are grouped get the same as each by themselves', () => {
  const change = fc.tuple(fc.boolean(), fc.nat(30));
  const members = fc.dictionary(fc.constantFrom('ann', 'ben', 'cara', 'dora', 'erin'), fc.nat(40));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 8 }), members, (kinds, joined) => {
      const changes = kinds.map(([isMessage, target], i) => (isMessage ? message(20 + i) : deletion(20 + i, target)));
      const together = seen(joined, changes);
      for (const [userId, joinedSeq] of Object.entries(joined))
        expect(together[userId]).toEqual(seen({ [userId]: joinedSeq }, changes)[userId]);
    }),
  );
});

import { expect, test } from 'vitest';
import type { Description, Message } from '#client/index.ts';
import { type RowsOptions, rowsOf } from '#web/message/rows.ts';

const [me, ann, ben] = ['me', 'ann', 'ben'];

function message(
  seq: number,
  senderId: string,
  sentAt = `2026-11-28T12:00:${String(seq).padStart(2, '0')}.000Z`,
): Message {
  return { seq, senderId, clientId: `id-${seq}`, text: `text ${seq}`, media: [], replyTo: null, sentAt };
}

/** The rows in short: `1` for a message, `+2` for one that follows, and the kind of all others. */
function rows(messages: readonly Message[], more: Partial<RowsOptions> = {}): string[] {
  const options = {
    messages,
    changes: [],
    hasOlder: false,
    hasNewer: false,
    waiting: [],
    seenUpTo: undefined,
    me,
    ...more,
  };
  return rowsOf(options).map((row) =>
    row.kind === 'message'
      ? `${row.follows ? '+' : ''}${row.message.seq}`
      : row.kind === 'change'
        ? `change ${row.changes.map(({ seq }) => seq).join()}`
        : row.kind,
  );
}

test('Messages that one person writes in a short time are a group', () => {
  const late = message(4, ann, '2026-11-28T12:09:00.000Z');
  expect(rows([message(1, ann), message(2, ann), message(3, ben), message(3, ann), late])).toEqual([
    'day',
    '1',
    '+2',
    '3',
    '3',
    '4',
  ]);
});

test('Each day has one heading, also where the clocks of two servers differ', () => {
  const [before, after] = ['2026-11-26T12:00:00.000Z', '2026-11-27T12:00:00.000Z'];
  const list = [message(1, ann, before), message(2, ben, after), message(3, ann, before)];
  expect(rows(list)).toEqual(['day', '1', 'day', '2', '3']);
});

test('The first message has no heading as long as there may be older ones of its day', () => {
  expect(rows([message(1, ann)], { hasOlder: true })).toEqual(['1']);
});

test('The heading of the new messages stands before the first of somebody else, if that one is loaded', () => {
  const list = [message(3, ann), message(4, me), message(5, ben), message(6, ben)];
  expect(rows(list, { seenUpTo: 3 })).toEqual(['day', '3', '4', 'unread', '5', '+6']);
  expect(rows(list, { seenUpTo: 2, hasOlder: true })).not.toContain('unread');
  expect(rows(list, { seenUpTo: 2 })).toEqual(['day', 'unread', '3', '4', '5', '+6']);
});

test('What waits in the outbox stands at the end, and only until it is there as a message', () => {
  const entry = { id: 'id-2', conversationId: '', text: 'two', createdAt: '' };
  expect(rows([message(1, me)], { waiting: [entry] })).toEqual(['day', '1', 'outgoing']);
  expect(rows([message(1, me), message(2, me)], { waiting: [entry] })).toEqual(['day', '1', '+2']);
  expect(rows([message(1, me)], { waiting: [entry], hasNewer: true })).toEqual(['day', '1', 'newer']);
});

/** Somebody did something to a member. */
function done(seq: number, change: 'added' | 'removed' | 'left' | 'erased', userId: string, by = userId): Description {
  return { type: 'member', conversationId: '', seq, change, userId, by };
}

test('What happened to the group stands between the messages, and the same that happened to several in a row is one line', () => {
  const changes = [done(2, 'added', 'cleo', ann), done(3, 'added', 'dan', ann), done(4, 'added', 'eve', ben)];
  const later = [done(6, 'left', 'cleo'), done(7, 'left', 'dan'), done(9, 'removed', 'eve', ann)];
  expect(rows([message(1, ann), message(5, ann), message(8, ann)], { changes: [...changes, ...later] })).toEqual([
    'day',
    '1',
    'change 2,3',
    'change 4',
    '5',
    'change 6,7',
    '8',
    'change 9',
  ]);
});

test('Whoever deletes their account has one line, and what came after a passage has none in it', () => {
  const changes = [done(2, 'left', ben), done(3, 'erased', ben)];
  expect(rows([message(1, ann)], { changes })).toEqual(['day', '1', 'change 3']);
  expect(rows([message(1, ann)], { changes, hasNewer: true })).toEqual(['day', '1', 'newer']);
});

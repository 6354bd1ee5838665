import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { addHistory, apply, applySync, begin, keepNewest, read } from '../conversation.ts';
import { statesOf } from '../snapshot.ts';
import { conversation, me, message, other, synced } from './helpers/data.ts';

const empty = begin(conversation(), me);
const inOrder = (last: number) =>
  Array.from({ length: last }, (_, index) => message(index + 1, index % 3 ? other : me));

test('Events result in the same state in any order and with repeats', async () => {
  const events = inOrder(8);
  const expected = events.reduce((state, event) => apply(state, event, me), empty);
  const anyOrder = fc
    .array(fc.constantFrom(...events))
    .chain((repeats) => fc.shuffledSubarray([...events, ...repeats], { minLength: events.length + repeats.length }));
  await fc.assert(
    fc.property(anyOrder, (shuffled) => {
      expect(shuffled.reduce((state, event) => apply(state, event, me), empty)).toEqual(expected);
    }),
  );
});

test('A catch-up results in the same state as the events, whichever of them were pushed before', async () => {
  const events = inOrder(8);
  const expected = events.reduce((state, event) => apply(state, event, me), empty);
  await fc.assert(
    fc.property(fc.nat(8), fc.subarray(events), (cursor, live) => {
      const start = events.slice(0, cursor).reduce((state, event) => apply(state, event, me), empty);
      const ahead = live.reduce((state, event) => apply(state, event, me), start);
      const { readSeq, unread } = expected;
      const answer = synced({ lastSeq: 8, readSeq, unread, events: events.slice(cursor) });
      expect(applySync(ahead, answer, me)).toEqual(expected);
    }),
  );
});

test('A message after a gap is shown, but the cursor stays before the gap', () => {
  const state = apply(apply(empty, message(1), me), message(3), me);
  expect(state.messages.map(({ seq }) => seq)).toEqual([1, 3]);
  expect(state).toMatchObject({ lastSeq: 1, unread: 1 });
});

test('A catch-up moves the cursor over a seq that was never used', () => {
  const gap = apply(apply(empty, message(1), me), message(3), me);
  const state = applySync(gap, synced({ lastSeq: 3, unread: 2, events: [message(3)] }), me);
  expect(state).toMatchObject({ lastSeq: 3, unread: 2, ahead: [] });
});

test('The cursor is at the last event if the server has more', () => {
  const state = applySync(empty, synced({ lastSeq: 9, unread: 9, events: [message(1), message(2)], more: true }), me);
  expect(state.lastSeq).toBe(2);
});

test('A resync replaces the messages by the newest page', () => {
  const old = apply(empty, message(1), me);
  const state = applySync(
    old,
    synced({ lastSeq: 900, unread: 5, events: [message(899), message(900)], resync: true }),
    me,
  );
  expect(state.messages.map(({ seq }) => seq)).toEqual([899, 900]);
  expect(state).toMatchObject({ lastSeq: 900, unread: 5, hasOlder: true });
});

test('Only the read pointer and muting are taken from a catch-up that is older than the live events', () => {
  const state = inOrder(5).reduce((current, event) => apply(current, event, me), empty);
  expect(applySync(state, synced({ lastSeq: 3, unread: 99 }), me)).toEqual(state);
  const others = [1, 2, 3, 4, 5].reduce((current, seq) => apply(current, message(seq), me), empty);
  expect(others.unread).toBe(5);
  expect(applySync(others, synced({ lastSeq: 3, readSeq: 2, unread: 1 }), me)).toMatchObject({ readSeq: 2, unread: 3 });
  expect(applySync(others, synced({ lastSeq: 3, muted: true }), me).muted).toBe(true);
});

test('Messages of others are unread, and an own message marks all before it as read', () => {
  const two = apply(apply(empty, message(1), me), message(2), me);
  expect(two.unread).toBe(2);
  expect(apply(two, message(3, me), me)).toMatchObject({ unread: 0, readSeq: 3 });
});

test('Reading on another device leaves later messages unread', () => {
  const state = inOrder(3)
    .map((_, index) => message(index + 1))
    .reduce((current, event) => apply(current, event, me), empty);
  expect(read(state, 2, me)).toMatchObject({ readSeq: 2, unread: 1 });
  expect(read(read(state, 3, me), 1, me)).toMatchObject({ readSeq: 3, unread: 0 });
});

test('A catch-up does not undo a read pointer that the server does not know yet', () => {
  const state = read(apply(empty, message(1), me), 1, me);
  const caughtUp = applySync(state, synced({ lastSeq: 2, readSeq: 0, unread: 2, events: [message(2)] }), me);
  expect(caughtUp).toMatchObject({ readSeq: 1, unread: 1 });
});

test('Pages of history are contiguous with the loaded messages', () => {
  const messages = inOrder(6).map((event) => event.message);
  const live = apply(begin(conversation({ lastSeq: 5 }), me), message(6), me);
  const newest = addHistory(live, { messages: messages.slice(3), hasMore: true }, me);
  expect(newest.messages.map(({ seq }) => seq)).toEqual([4, 5, 6]);
  const all = addHistory(newest, { messages: messages.slice(0, 3), hasMore: false }, me);
  expect(all.messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(all).toMatchObject({ hasOlder: false, lastSeq: 6, unread: 1 });
});

test('Events change the members and the name', () => {
  const base = { conversationId: empty.id, by: other };
  const left = apply(empty, { ...base, type: 'member', seq: 1, userId: other, change: 'left' }, me);
  expect(left).toMatchObject({ memberCount: 1, members: [{ userId: me }] });
  expect(apply(left, { ...base, type: 'conversation', seq: 2, name: 'New' }, me)).toMatchObject({
    name: 'New',
    lastSeq: 2,
  });
  const shown = apply(left, { ...base, type: 'conversation', seq: 2, avatarUrl: 'https://media/a' }, me);
  expect(shown).toMatchObject({ name: left.name, avatarUrl: 'https://media/a', lastSeq: 2 });
});

test('What only a newer server knows changes nothing but the cursor', () => {
  const known = apply(empty, message(1), me);
  const place = { conversationId: known.id, userId: other, by: other };
  const foreign = JSON.parse(
    JSON.stringify([
      { ...place, type: 'pinned', seq: 2, target: 1 },
      { ...place, type: 'member', seq: 3, change: 'banned' },
      { ...place, type: 'member', seq: 4, change: 'role', role: 'moderator' },
    ]),
  );
  const live = foreign.reduce(
    (state: typeof known, event: Parameters<typeof apply>[1]) => apply(state, event, me),
    known,
  );
  expect(live).toMatchObject({ lastSeq: 4, messages: known.messages, memberCount: known.memberCount, ahead: [] });
  expect(applySync(known, synced({ lastSeq: 4, unread: 1, events: foreign }), me).lastSeq).toBe(4);
});

/** The event by which somebody joined. */
const joined = (seq: number) =>
  ({
    type: 'member',
    conversationId: message(1).conversationId,
    seq,
    userId: `new ${seq}`,
    change: 'added',
    by: other,
    role: 'member',
  }) as const;

test('What happened to a group is known once and in order, whether it was pushed, caught up or came with a page', () => {
  const live = [message(4), joined(5), message(6), joined(5)].reduce(
    (state, event) => apply(state, event, me),
    begin(conversation({ lastSeq: 3 }), me),
  );
  const page = {
    messages: [message(2).message, message(4).message],
    hasMore: false,
    changes: [joined(1), joined(3), joined(5)],
  };
  const state = applySync(addHistory(live, page, me), synced({ lastSeq: 7, events: [joined(7)] }), me);
  expect(state.changes.map(({ seq }) => seq)).toEqual([1, 3, 5, 7]);
  expect(keepNewest(state, 2).changes.map(({ seq }) => seq)).toEqual([5, 7]);
  expect(applySync(state, synced({ lastSeq: 900, events: [message(900)], resync: true }), me).changes).toEqual([]);
});

test('A snapshot of before there were changes of groups is still of use', () => {
  const { changes: _, ...old } = begin(conversation(), me);
  const user = { id: me, username: 'maya', displayName: 'Maya', bio: '', avatarUrl: null, createdAt: '' };
  expect(statesOf(JSON.parse(JSON.stringify({ user, conversations: [old] })))[0]?.changes).toEqual([]);
});

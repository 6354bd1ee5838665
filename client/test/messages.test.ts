import * as fc from 'fast-check';
import type { ConversationEvent } from 'storm-chat-protocol/events';
import type { Message, Reaction } from 'storm-chat-protocol/messages';
import { expect, test } from 'vitest';
import { addHistory, apply, applySync, begin, type ConversationState, describe, reach } from '../conversation.ts';
import { deliveryStatus } from '../delivery-status.ts';
import { show } from '../timeline.ts';
import { conversation, conversationId, me, message, other, synced } from './helpers/data.ts';

const third = '01936a00-0000-7000-8000-00000000000c';
const empty = begin(conversation(), me);
const first = message(1, me).message;
const play = (events: readonly ConversationEvent[], from = empty) =>
  events.reduce((state, event) => apply(state, event, me), from);

const edited = (seq: number, text: string): ConversationEvent => ({
  type: 'edited',
  conversationId,
  seq,
  target: 1,
  by: me,
  message: { ...first, text, editedAt: `2026-11-22T08:00:0${seq}.000Z`, updatedSeq: seq },
});

function reacted(seq: number, by: string, reaction: Reaction, removed?: true): ConversationEvent {
  const { emoji } = reaction;
  const reactions = reaction.count > 0 ? [reaction] : [];
  const state: Message = { ...first, reactions, updatedSeq: seq };
  return { type: 'reacted', conversationId, seq, target: 1, by, emoji, message: state, ...(removed && { removed }) };
}

/** A reaction of two people, of whom one is listed. */
const thumbs = (listed: string): Reaction => ({ emoji: '👍', count: 2, userIds: [listed] });
const mine = ({ messages }: ConversationState) => messages[0]?.reactions?.map((reaction) => reaction.mine ?? false);

test('The edit with the highest seq wins, in whatever order edits come', async () => {
  const events = [message(1, me), edited(2, 'two'), edited(3, 'three'), edited(4, 'four')];
  const expected = play(events);
  expect(expected.messages[0]).toMatchObject({ text: 'four', updatedSeq: 4 });
  expect(expected.lastMessage).toEqual(expected.messages[0]);
  await fc.assert(
    fc.property(fc.shuffledSubarray([...events, ...events], { minLength: 8 }), (shuffled) => {
      expect(play(shuffled)).toEqual(expected);
    }),
  );
});

test('An edit of a message that is not loaded moves the cursor, and the page that is loaded later shows it', () => {
  const state = apply(begin(conversation({ lastSeq: 9 }), me), { ...edited(10, 'new'), seq: 10 }, me);
  expect(state).toMatchObject({ lastSeq: 10, messages: [] });
  const page = { messages: [{ ...first, text: 'new', updatedSeq: 10 }], hasMore: false };
  expect(addHistory(state, page, me).messages).toMatchObject([{ text: 'new' }]);
});

test('A change of a message that the person may not see only moves the cursor', () => {
  const { message: _, ...hidden } = edited(2, 'secret') as Extract<ConversationEvent, { type: 'edited' }>;
  expect(play([message(1, me), hidden])).toMatchObject({ lastSeq: 2, messages: [{ text: 'text 1' }] });
});

test('An own reaction is known although only others are listed, until it is removed', () => {
  const added = play([message(1, me), reacted(2, other, { emoji: '👍', count: 1, userIds: [other] })]);
  expect(mine(added)).toEqual([false]);
  const own = play([reacted(3, me, thumbs(other))], added);
  expect(mine(own)).toEqual([true]);
  const more = play([reacted(4, third, { ...thumbs(other), count: 3 })], own);
  expect(mine(more)).toEqual([true]);
  expect(mine(play([reacted(5, me, thumbs(other), true)], more))).toEqual([false]);
});

test('Own reactions result in the same state in any order of events', async () => {
  const events = [
    message(1, me),
    reacted(2, me, thumbs(other)),
    reacted(3, me, { ...thumbs(other), count: 1 }, true),
    reacted(4, third, thumbs(other)),
    reacted(5, me, { ...thumbs(other), count: 3 }),
  ];
  const expected = play(events);
  expect(mine(expected)).toEqual([true]);
  await fc.assert(
    fc.property(fc.shuffledSubarray([...events, ...events], { minLength: 10 }), (shuffled) => {
      expect(play(shuffled)).toEqual(expected);
    }),
  );
});

test('Own reactions in a response override those in an event', () => {
  const pushed = play([message(1, me), reacted(2, third, thumbs(other))]);
  const personal = { ...first, reactions: [{ ...thumbs(other), mine: true as const }], updatedSeq: 2 };
  expect(mine(addHistory(pushed, { messages: [personal], hasMore: false }, me))).toEqual([true]);
});

test('An own reaction during the request of a page is known, listed or not', () => {
  const page = addHistory(empty, { messages: [first], hasMore: false }, me);
  expect(mine(show(page, reacted(5, me, thumbs(other)), me))).toEqual([true]);
  expect(mine(show(page, reacted(5, third, thumbs(other)), me))).toEqual([false]);
});

test('The messages of somebody who deleted their account are deleted', () => {
  const at = '2026-11-22T09:00:00.000Z';
  const left = { type: 'member', conversationId, seq: 3, userId: other, change: 'left', by: other } as const;
  const events = [message(1, other), message(2, me), left, { ...left, seq: 4, change: 'erased', at } as const];
  const state = play(events);
  expect(state.messages).toMatchObject([{ text: '', deletedAt: at }, { text: 'text 2' }]);
  expect(state).toMatchObject({ memberCount: 1, members: [{ userId: me }] });
  expect(play([...events].reverse())).toEqual(state);
});

test('A message that was deleted with its sender’s account stays deleted when an earlier reaction arrives late', () => {
  const erased = { type: 'member', conversationId, seq: 4, userId: other, change: 'erased', by: other } as const;
  const late = reacted(2, me, thumbs(me));
  const deleted = { ...erased, at: '2026-11-22T09:00:00.000Z' };
  const [seen] = play([message(1, other), deleted, late]).messages;
  expect(seen).toMatchObject({ text: '', deletedAt: deleted.at, updatedSeq: 2 });
  expect(seen).not.toHaveProperty('reactions');
});

test('An event changes a role, unless the description is newer', () => {
  const role = {
    type: 'member',
    conversationId,
    seq: 1,
    userId: other,
    change: 'role',
    by: me,
    role: 'admin',
  } as const;
  expect(play([role]).members).toMatchObject([{ role: 'member' }, { role: 'admin' }]);
  const members = conversation().members.map((member) => ({ ...member, role: 'owner' as const }));
  const described = describe(empty, conversation({ lastSeq: 5, members })) ?? expect.fail();
  expect(play([role], described).members).toMatchObject([{ role: 'owner' }, { role: 'owner' }]);
  expect(describe(play([role]), conversation({ lastSeq: 0 }))).toBeUndefined();
});

test('Opening the history of a group makes older messages loadable, and closing it has the messages loaded anew', () => {
  const loaded = addHistory(play([message(1)]), { messages: [], hasMore: false }, me);
  const access = (history: 'all' | 'joined', seq: number) =>
    ({ type: 'conversation', conversationId, seq, history }) as const;
  const open = play([access('all', 2)], loaded);
  expect(open).toMatchObject({ history: 'all', hasOlder: true, messages: [{ seq: 1 }] });
  expect(play([access('joined', 3)], open)).toMatchObject({ history: 'joined', loaded: false, messages: [] });
});

test('A message of another member ends their typing and moves their read receipt', () => {
  const state = play([message(1, me)], { ...empty, typing: [other] });
  expect(state.typing).toEqual([other]);
  expect(play([message(2, other)], state)).toMatchObject({
    typing: [],
    receipts: { [other]: { delivered: 2, read: 2 } },
  });
});

test('A message is delivered when all others have received it, and read when all others have read it', () => {
  const members = [me, other, third].map((userId) => ({ userId, role: 'member' as const, joinedAt: '' }));
  const base = play([message(1, me)], { ...empty, members, memberCount: 3 });
  const after = (state: ConversationState) => deliveryStatus(state, state.messages[0] ?? expect.fail(), me);
  expect(after(base)).toEqual({ status: 'sent', delivered: 0, read: 0 });
  expect(after(reach(base, 'a former member', { delivered: 1, read: 1 }))).toEqual(after(base));
  const one = reach(base, other, { delivered: 1, read: 1 });
  expect(after(one)).toEqual({ status: 'sent', delivered: 1, read: 1 });
  const both = reach(one, third, { delivered: 1, read: 0 });
  expect(after(both)).toEqual({ status: 'delivered', delivered: 2, read: 1 });
  expect(after(reach(both, third, { delivered: 1, read: 1 }))).toEqual({ status: 'read', delivered: 2, read: 2 });
  const left = { type: 'member', conversationId, seq: 2, userId: third, change: 'left', by: third } as const;
  expect(after(play([left], both))).toEqual({ status: 'read', delivered: 1, read: 1 });
});

test('The unread count of a catch-up with more to come is not taken over', () => {
  const ahead = play([message(3)]);
  const page = synced({ lastSeq: 3, unread: 3, events: [message(1), message(2)], more: true });
  expect(applySync(ahead, page, me)).toMatchObject({ lastSeq: 3, unread: 3 });
});

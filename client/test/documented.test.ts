import { expect, test } from 'vitest';
import { conversation, conversationId, me, message, other, synced } from './helpers/data.ts';
import { ClientState } from './helpers/documented-chat.ts';

/** The state of docs/protocol.md with one conversation, and what it asked for. */
function begin(change: Parameters<typeof conversation>[0] = {}) {
  const asked: string[] = [];
  const ask = (what: string) => () => void asked.push(what);
  const state = new ClientState(me, {
    sync: ask('sync'),
    syncSoon: ask('syncSoon'),
    page: ask('page'),
    offer: ask('offer'),
  });
  state.described(conversation(change));
  return { state, asked, known: () => state.conversations.get(conversationId) ?? expect.fail() };
}

const reacted = (seq: number, target: number) => ({
  type: 'reacted',
  conversationId,
  seq,
  target,
  by: other,
  emoji: '👍',
  message: { ...message(target).message, reactions: [{ emoji: '👍', count: 1, userIds: [other] }], updatedSeq: seq },
});

test('What another device has read ahead of the cursor is not counted as unread', () => {
  const { state, known } = begin();
  state.pushed({ type: 'receipt', conversationId, userId: me, delivered: 2, read: 2 });
  for (const seq of [1, 2, 3]) state.pushed(message(seq));
  expect(known()).toMatchObject({ cursor: 3, readSeq: 2, unread: 1 });
});

test('A message that an erasure deleted stays so when a reaction from before it arrives late', () => {
  const { state, known } = begin();
  const erased = { change: 'erased', by: other, at: '2026-11-22T09:00:00.000Z' };
  for (const event of [message(1), { type: 'member', conversationId, seq: 3, userId: other, ...erased }, reacted(2, 1)])
    state.pushed(event);
  expect(known().cursor).toBe(3);
  expect(known().messages.get(1)).toMatchObject({ text: '', deletedAt: erased.at });
  expect(known().messages.get(1)?.reactions).toBeUndefined();
});

test('An answer that has a change already does not let its event count it again', () => {
  const { state, known } = begin();
  state.described(conversation({ memberCount: 3, lastSeq: 1 }));
  const added = { userId: '01936a00-0000-7000-8000-00000000000c', change: 'added', by: me, role: 'member' };
  state.pushed({ type: 'member', conversationId, seq: 1, ...added });
  expect(known()).toMatchObject({ cursor: 1, memberCount: 3 });
});

test('A reaction that arrives while an older page is under way is on the message of that page', () => {
  const { state, asked, known } = begin({ lastSeq: 5 });
  state.loadPage(known());
  state.pushed(reacted(6, 5));
  state.page(known(), known().start, { messages: [message(5).message], hasMore: false });
  expect(asked).toEqual(['offer', 'page']);
  expect(known().messages.get(5)).toMatchObject({ updatedSeq: 6, reactions: [{ emoji: '👍' }] });
});

test('In another epoch nothing of before counts, and own messages are offered again', () => {
  const { state, asked, known } = begin();
  for (const seq of [1, 2, 4]) state.pushed(message(seq));
  const request = state.request();
  expect(request).toEqual({ cursors: { [conversationId]: 2 }, epochs: { [conversationId]: '1' } });
  const rest = { added: [], removed: [], more: false };
  const notYet = synced({ epoch: '2', lastSeq: 1, more: true });
  state.synced({ conversations: [notYet], ...rest, more: true }, request);
  expect(known()).toMatchObject({ epoch: '1', cursor: 2 });
  const page = synced({ epoch: '2', lastSeq: 1, unread: 1, resync: true, events: [message(1, other, 'new')] });
  state.synced({ conversations: [page], ...rest }, request);
  expect(known()).toMatchObject({ epoch: '2', cursor: 1, unread: 1 });
  expect([...known().messages.values()].map(({ clientId }) => clientId)).toEqual(['new']);
  expect(asked.filter((what) => what === 'offer')).toHaveLength(2);
});

test('A conversation that no description comes for, because the user was removed, is asked for by its cursor', () => {
  const { state, asked } = begin();
  const answer = { conversations: [], added: [], removed: [] };
  state.undescribed.add(conversationId);
  for (const more of [true, false]) {
    const request = state.request();
    expect(request.cursors).toEqual({});
    state.synced({ ...answer, more }, request);
  }
  expect(asked).toEqual(['offer', 'sync', 'sync']);
  const request = state.request();
  expect(request.cursors).toEqual({ [conversationId]: 0 });
  state.synced({ ...answer, removed: [conversationId], more: false }, request);
  expect(state.conversations.size).toBe(0);
});

import { expect, test } from 'vitest';
import type { Change, MessageChange } from '#core/conversations/change.ts';
import type { Conversation } from '#core/conversations/conversation.ts';
import { newConversation } from '#core/conversations/plan.ts';
import { readAll } from '#core/conversations/read.ts';
import { history } from '#core/messages/history.ts';
import { messagesFor } from '#core/messages/message-view.ts';
import { type SyncStore, sync } from '#core/sync/sync.ts';
import { testRuntime } from '#test/helpers/runtime.ts';
import { noSummaries } from '#test/helpers/summaries.ts';

const me = 'me';
const conversationId = 'conversation';

const message = (seq: number, more: Partial<MessageChange> = {}): MessageChange => ({
  type: 'message',
  conversationId,
  seq,
  n: 1,
  senderId: 'other',
  clientId: `message ${seq}`,
  text: 'hello',
  replyTo: null,
  sentAt: 0,
  ...more,
});
const reacted = (seq: number, target: number): Change => ({
  type: 'reacted',
  conversationId,
  seq,
  n: 1,
  target,
  by: 'other',
  emoji: '👍',
});

/** A conversation in memory with these changes. Each read is counted. */
function storeOf(changes: readonly Change[], more: Partial<SyncStore> = {}) {
  const founders = [me, 'other'].map((userId) => ({ userId, role: 'member' as const }));
  const conversation: Conversation = {
    ...newConversation({ id: conversationId, type: 'direct', name: null }, founders, 0),
    seq: changes.at(-1)?.seq ?? 0,
  };
  const reads = { range: 0, at: 0, reactionsBy: 0 };
  const store: SyncStore = {
    ...testRuntime(),
    ...noSummaries,
    avatarUrl: String,
    epoch: '1',
    memberships: async () => [{ conversationId, muted: false }],
    loadAll: async () => [conversation],
    members: async () => ({ members: [] }),
    glance: async (_, seq) => changes.find((change) => change.seq === seq),
    seal: () => Promise.reject(new Error('nothing is missing')),
    voidsAbove: async () => [],
    async range(_, first, last) {
      reads.range++;
      return changes.filter(({ seq }) => seq >= first && seq <= last);
    },
    async at(_, seqs) {
      reads.at++;
      return changes.filter(({ seq }) => seqs.includes(seq));
    },
    async reactionsBy() {
      reads.reactionsBy++;
      return new Map();
    },
    ...more,
  };
  const member = conversation.members.get(me);
  if (!member) throw new Error('no member');
  return { store, reads, conversation, member };
}

test('a page is found in few reads, however many reactions stand between its messages', async () => {
  const crowd = Array.from({ length: 5_000 }, (_, i) => reacted(i + 2, 1));
  const { store, reads, conversation, member } = storeOf([message(1), ...crowd, message(5_002)]);
  const page = await history(store, { conversation, me: member }, { limit: 1 }, []);
  expect(page).toMatchObject({ messages: [{ seq: 5_002 }], hasMore: true });
  expect(reads.range).toBeLessThan(25);
});

test('a page has what happened to the group between its messages, and no more of it than is useful', async () => {
  const member = (seq: number): Change => ({
    type: 'member',
    conversationId,
    seq,
    n: 1,
    userId: `user ${seq}`,
    change: 'added',
    by: 'other',
    role: 'member',
  });
  const renamed: Change = { type: 'conversation', conversationId, seq: 5, n: 2, by: 'other', name: 'New' };
  const all = [member(1), message(2), member(3), reacted(4, 2), renamed, message(6), member(7)];
  const { store, conversation, member: reader } = storeOf(all);
  const page = async (query: { before?: number; after?: number; limit: number }) => {
    const { changes } = await history(store, { conversation, me: reader }, query, []);
    return changes?.map(({ seq }) => seq);
  };
  expect(await page({ limit: 1 })).toEqual([7]);
  expect(await page({ before: 6, limit: 1 })).toEqual([1, 3, 5]);
  expect(await page({ after: 0, limit: 1 })).toEqual([1]);
  expect(await page({ after: 2, limit: 1 })).toEqual([3, 5, 7]);
  const crowd = storeOf([...Array.from({ length: 1_000 }, (_, i) => member(i + 1)), message(1_001)]);
  const { changes = [] } = await history(
    crowd.store,
    { conversation: crowd.conversation, me: crowd.member },
    { limit: 1 },
    [],
  );
  expect([changes.length, changes[0]?.seq, changes.at(-1)?.seq]).toEqual([100, 901, 1_000]);
});

test('a number whose message is not there is waited for, and sealed when it does not come', async () => {
  const runtime = testRuntime();
  const late = message(2);
  const seal = (_: string, seq: number): Promise<Change> =>
    Promise.resolve({ type: 'void', conversationId, seq, n: seq });
  /** The second message is there after so many ms. */
  const read = async (afterMs: number) => {
    const start = runtime.time;
    const range = async () => [message(1), ...(runtime.time - start >= afterMs ? [late] : []), message(3)];
    const changes = await readAll({ ...runtime, range, seal }, conversationId, 1, 3);
    return changes.map(({ type }) => type);
  };
  expect(await read(60)).toEqual(['message', 'message', 'message']);
  expect(runtime.slept).toEqual([20, 40]);
  expect(await read(301)).toEqual(['message', 'void', 'message']);
  expect(runtime.slept.slice(2)).toEqual([20, 40, 80, 160]);
});

test('catching up reads a message again that was read before its newest change', async () => {
  const fresh = message(1, { reactions: [{ emoji: '👍', count: 1, userIds: ['other'] }], updatedSeq: 2 });
  const { store, reads } = storeOf([message(1), reacted(2, 1)], { at: async () => [fresh] });
  const [synced] = (await sync(store, me, { cursors: { [conversationId]: 0 } })).conversations;
  expect(synced?.events[1]).toMatchObject({ type: 'reacted', message: { updatedSeq: 2, reactions: [{ count: 1 }] } });
  const again = storeOf([fresh, reacted(2, 1)]);
  await sync(again.store, me, { cursors: { [conversationId]: 0 } });
  expect([again.reads, reads.range]).toEqual([{ range: 1, at: 0, reactionsBy: 0 }, 1]);
});

test('an own message is never unread, although the entry of its sender was loaded before it moved', async () => {
  const changes = [message(1), message(2, { n: 2, senderId: me })];
  const { store, conversation } = storeOf(changes);
  store.loadAll = async () => [{ ...conversation, n: 2, lastMessageSeq: 2 }];
  const { conversations } = await sync(store, me, { cursors: { [conversationId]: 1 } });
  expect(conversations).toMatchObject([{ lastSeq: 2, readSeq: 2, unread: 0 }]);
  expect((await sync(store, me, { cursors: {} })).added).toMatchObject([{ lastSeq: 2, readSeq: 2, unread: 0 }]);
});

test('many changes of one long message come in several answers', async () => {
  const long = message(1, { text: 'x'.repeat(4_000), updatedSeq: 181 });
  const { store } = storeOf([long, ...Array.from({ length: 180 }, (_, i) => reacted(i + 2, 1))]);
  const sizes: number[] = [];
  for (let cursor = 0, more = true; more; ) {
    const answer = await sync(store, me, { cursors: { [conversationId]: cursor } });
    more = answer.more;
    sizes.push(JSON.stringify(answer).length);
    const next: number = answer.conversations[0]?.events.at(-1)?.seq ?? 0;
    expect(next).toBeGreaterThan(cursor);
    cursor = next;
    if (!more) expect(cursor).toBe(181);
  }
  expect(sizes.length).toBeGreaterThan(1);
  for (const size of sizes) expect(size).toBeLessThan(410_000);
});

test('pages of another epoch come in several answers, and none of them without its page', async () => {
  const long = Array.from({ length: 60 }, (_, i) => message(i + 1, { text: 'x'.repeat(4_000) }));
  const { store, conversation } = storeOf(long);
  const ids = Array.from({ length: 20 }, (_, i) => `conversation ${i}`);
  const many = {
    ...store,
    memberships: async () => ids.map((id) => ({ conversationId: id, muted: false })),
    loadAll: async () => ids.map((id) => ({ ...conversation, id })),
  };
  // The cursors look as if nothing had changed.
  const answer = await sync(many, me, {
    cursors: Object.fromEntries(ids.map((id) => [id, 60])),
    epochs: Object.fromEntries(ids.map((id) => [id, '0'])),
  });
  expect(answer.more).toBe(true);
  for (const { resync = false, more, events } of answer.conversations)
    expect({ resync, more, pages: events.length }).toEqual(
      resync ? { resync: true, more: false, pages: 50 } : { resync: false, more: true, pages: 0 },
    );
  expect(answer.conversations.filter(({ resync }) => resync)).toHaveLength(10);
});

test('whether a reaction is mine is looked up only where more people reacted than are listed', async () => {
  const listed = { emoji: '👍', count: 3, userIds: ['other', me] };
  const whole = { emoji: '👍', count: 1, userIds: ['other'] };
  const cut = { emoji: '👍', count: 3, userIds: ['other'] };
  const none = storeOf([]);
  const known = await messagesFor(none.store, me, [
    message(1, { reactions: [listed] }),
    message(2, { reactions: [whole] }),
  ]);
  expect(known.map(({ reactions = [] }) => reactions.map(({ mine }) => mine))).toEqual([[true], [undefined]]);
  expect(none.reads.reactionsBy).toBe(0);
  const mine = storeOf([], { reactionsBy: async () => new Map([[2, ['👍']]]) });
  const [first, second] = await messagesFor(mine.store, me, [
    message(1, { reactions: [cut] }),
    message(2, { reactions: [cut] }),
  ]);
  expect(first?.reactions?.[0]).not.toHaveProperty('mine');
  expect(second?.reactions?.[0]).toHaveProperty('mine', true);
});

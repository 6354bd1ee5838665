import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expression } from '#adapters/dynamo/expression.ts';
import { type Conversation, smallMembers } from '#core/conversations/conversation.ts';
import { history } from '#core/messages/history.ts';
import { sync } from '#core/sync/sync.ts';
import { type Chat, chatOn, crashing, draft, ok, startChatTables } from '#test/helpers/chat.ts';

let tables: Awaited<ReturnType<typeof startChatTables>>;
let chat: Chat;
beforeAll(async () => {
  tables = await startChatTables();
  chat = chatOn(tables.client);
});
afterAll(() => tables.stop());

const users = (count: number) => Array.from({ length: count }, () => uuidv7());

async function group(members: string[], name = 'group'): Promise<string> {
  const [owner = '', ...memberIds] = members;
  return ok(await chat.commands.create(owner, { type: 'group', name, memberIds })).conversationId;
}

async function load(conversationId: string, userId: string): Promise<Conversation> {
  const conversation = await chat.store.load(conversationId, [userId]);
  if (!conversation) throw new Error('no conversation');
  return conversation;
}

async function messagesOf(
  conversationId: string,
  userId: string,
  query: { before?: number; after?: number; limit?: number } = {},
) {
  const conversation = await load(conversationId, userId);
  const me = conversation.members.get(userId);
  if (!me) throw new Error('not a member');
  const page = await history(chat.store, { conversation, me }, { limit: 50, ...query }, []);
  return { ...page, seqs: page.messages.map(({ seq }) => seq) };
}

describe('direct conversations', () => {
  test('both sides creating one at once end in the same one', async () => {
    const [a = '', b = ''] = users(2);
    const created = await Promise.all(
      Array.from({ length: 6 }, (_, i) =>
        chat.commands.create(i % 2 ? a : b, { type: 'direct', memberIds: [i % 2 ? b : a] }),
      ),
    );
    const results = created.map(ok);
    expect(new Set(results.map(({ conversationId }) => conversationId)).size).toBe(1);
    expect(results.filter(({ isNew }) => isNew)).toHaveLength(1);
  });

  test('nobody has one with themselves, and nobody is added to or removed from one', async () => {
    const [a = '', b = '', c = ''] = users(3);
    expect(await chat.commands.create(a, { type: 'direct', memberIds: [a] })).toMatchObject({
      error: { code: 'bad_request' },
    });
    const { conversationId } = ok(await chat.commands.create(a, { type: 'direct', memberIds: [b] }));
    expect(await chat.commands.add(conversationId, a, [c])).toMatchObject({ error: { code: 'forbidden' } });
    expect(await chat.commands.remove(conversationId, a, b)).toMatchObject({ error: { code: 'forbidden' } });
  });
});

describe.each([
  ['small', 4],
  ['large', 12],
])('the members of a %s group', (_size, count) => {
  test('owners and admins add and remove, members do not', async () => {
    const [owner = '', admin = '', member = '', ...rest] = users(count);
    const [stranger = ''] = users(1);
    const id = await group([owner, admin, member, ...rest]);
    ok(await chat.commands.setRole(id, owner, admin, 'admin'));
    expect(await chat.commands.add(id, member, [stranger])).toMatchObject({ error: { code: 'forbidden' } });
    ok(await chat.commands.add(id, admin, [stranger]));
    expect(await chat.commands.remove(id, member, stranger)).toMatchObject({ error: { code: 'forbidden' } });
    expect(await chat.commands.remove(id, admin, owner)).toMatchObject({ error: { code: 'forbidden' } });
    ok(await chat.commands.remove(id, admin, stranger));
    expect((await load(id, stranger)).members.has(stranger)).toBe(false);
    expect(await chat.send(draft(id, stranger))).toMatchObject({ error: { code: 'forbidden' } });
  });

  test('an owner who leaves hands over to the first admin', async () => {
    const [owner = '', admin = '', ...rest] = users(count);
    const id = await group([owner, ...rest, admin]);
    ok(await chat.commands.setRole(id, owner, admin, 'admin'));
    const { changes } = ok(await chat.commands.remove(id, owner, owner));
    expect(changes).toMatchObject([
      { type: 'member', userId: admin, change: 'role' },
      { type: 'member', userId: owner, change: 'left' },
    ]);
    expect((await load(id, admin)).members.get(admin)?.role).toBe('owner');
  });

  test('handing the group over makes the former owner an admin', async () => {
    const [owner = '', heir = '', ...rest] = users(count);
    const id = await group([owner, heir, ...rest]);
    ok(await chat.commands.setRole(id, owner, heir, 'owner'));
    expect((await load(id, heir)).members.get(heir)?.role).toBe('owner');
    expect((await load(id, owner)).members.get(owner)?.role).toBe('admin');
  });

  test('a new member sees what comes from the change that added them on', async () => {
    const [owner = '', ...rest] = users(count);
    const [late = ''] = users(1);
    const id = await group([owner, ...rest]);
    ok(await chat.send(draft(id, owner, { text: 'before' })));
    const { changes } = ok(await chat.commands.add(id, owner, [late]));
    ok(await chat.send(draft(id, owner, { text: 'after' })));
    expect((await messagesOf(id, late)).messages.map(({ text }) => text)).toEqual(['after']);
    const synced = await sync(chat.store, late, { cursors: { [id]: 0 } });
    expect(synced.conversations[0]?.events.map(({ seq }) => seq)).toEqual([changes[0]?.seq, 3]);
    expect(synced.conversations[0]?.unread).toBe(1);
  });

  test('an id from before a member left is not stored again when they are back', async () => {
    const [owner = '', member = '', ...rest] = users(count);
    const id = await group([owner, member, ...rest]);
    const first = draft(id, member, { text: 'once', after: 0 });
    const { message } = ok(await chat.send(first));
    ok(await chat.commands.remove(id, member, member));
    expect(await chat.send(first)).toMatchObject({ error: { code: 'forbidden' } });
    ok(await chat.commands.add(id, owner, [member]));
    ok(await chat.join(member, id));
    expect(ok(await chat.send(first)).message.seq).toBe(message.seq);
  });

  test('who left and is back deletes what they wrote before, and what others wrote then stays unseen', async () => {
    const [owner = '', member = '', ...rest] = users(count);
    const id = await group([owner, member, ...rest]);
    const own = ok(await chat.send(draft(id, member, { text: 'regretted' }))).message.seq;
    const foreign = ok(await chat.send(draft(id, owner))).message.seq;
    ok(await chat.commands.remove(id, member, member));
    const erase = (seq: number) => chat.revise(member, { action: 'delete', conversationId: id, seq });
    expect(await erase(own)).toMatchObject({ error: { code: 'forbidden' } });
    ok(await chat.commands.add(id, owner, [member]));
    ok(await chat.join(member, id));
    const on = { conversationId: id, seq: own };
    for (const request of [
      { action: 'edit', ...on, text: 'x' } as const,
      { action: 'react', ...on, emoji: '👍' } as const,
    ])
      expect(await chat.revise(member, request)).toMatchObject({ error: { code: 'not_found' } });
    const { seq, done } = ok(await erase(own));
    expect(done?.message).toMatchObject({ seq: own, text: '', deletedAt: expect.any(Number) });
    expect(ok(await erase(own)).seq).toBe(seq);
    for (const other of [foreign, 99]) expect(await erase(other)).toMatchObject({ error: { code: 'not_found' } });
    expect((await messagesOf(id, owner)).messages[0]).toMatchObject({ seq: own, text: '' });
    expect((await messagesOf(id, member)).messages).toEqual([]);
  });

  test('a message after a change that isn’t there is refused, whether its id is old or new, and nothing is written', async () => {
    const [owner = '', member = '', ...rest] = users(count);
    const id = await group([owner, member, ...rest]);
    const [older, sent, newer] = [uuidv7(), uuidv7(), uuidv7()];
    const { message } = ok(await chat.send(draft(id, member, { clientId: sent, after: 0 })));
    const before = await load(id, member);
    for (const clientId of [older, newer])
      for (const after of [message.seq + 1, 1_000_000, Number.MAX_SAFE_INTEGER])
        expect(await chat.send(draft(id, member, { clientId, after }))).toMatchObject({
          error: { code: 'bad_request' },
        });
    expect(await load(id, member)).toEqual(before);
    // What has an answer keeps it.
    expect(ok(await chat.send(draft(id, member, { clientId: sent, after: 99 }))).message.seq).toBe(message.seq);
    expect(ok(await chat.send(draft(id, member, { clientId: newer, after: message.seq }))).message.seq).toBe(2);
    expect(ok(await chat.send(draft(id, member, { clientId: older, after: 2 }))).message.seq).toBe(3);
  });

  test('an id keeps its answer whatever `after` says later', async () => {
    const [owner = '', member = '', ...rest] = users(count);
    const id = await group([owner, member, ...rest]);
    const ids = Array.from({ length: 4 }, () => uuidv7());
    const seqs: number[] = [];
    for (const clientId of ids) seqs.push(ok(await chat.send(draft(id, member, { clientId, after: 0 }))).message.seq);
    for (const after of [undefined, 0, 1, 3, 4, 5])
      for (const [i, clientId] of ids.entries())
        expect(ok(await chat.send(draft(id, member, { clientId, after }))).message.seq).toBe(seqs[i]);
    expect(await chat.everything(id)).toHaveLength(4);
  });

  test('a message meets the change that removes its sender on one side of it or the other', async () => {
    const [owner = '', member = '', ...rest] = users(count);
    const id = await group([owner, member, ...rest]);
    const [removed, ...sent] = await Promise.all([
      chat.commands.remove(id, owner, member),
      ...Array.from({ length: 10 }, () => chat.send(draft(id, member))),
    ]);
    const at = ok(removed).changes.at(-1)?.seq ?? 0;
    for (const result of sent) if ('ok' in result) expect(result.ok.message.seq).toBeLessThan(at);
    const changes = await chat.everything(id);
    expect(changes.filter(({ seq, type }) => seq > at && type === 'message')).toEqual([]);
  });
});

describe('a group that grows', () => {
  test('keeps roles, pointers and marks when its members leave the head', async () => {
    const members = users(smallMembers);
    const [owner = '', second = ''] = members;
    const id = await group(members);
    const sent = draft(id, second, { text: 'small', after: 0 });
    const { message } = ok(await chat.send(sent));
    ok(await chat.commands.setRole(id, owner, second, 'admin'));
    ok(await chat.commands.add(id, owner, users(40)));
    const conversation = await load(id, second);
    expect(conversation).toMatchObject({ large: true, memberCount: smallMembers + 40 });
    expect(conversation.members.get(second)).toMatchObject({ role: 'admin', readSeq: 1, mark: { seq: 1 } });
    expect(ok(await chat.send(sent)).message).toEqual(message);
    expect(ok(await chat.send(draft(id, second))).message.n).toBe(2);
  });

  test('takes members added by several people at once, each once', async () => {
    const [owner = '', ...admins] = users(4);
    const id = await group([owner, ...admins]);
    for (const admin of admins) ok(await chat.commands.setRole(id, owner, admin, 'admin'));
    const added = users(6);
    await Promise.all([owner, ...admins].map(async (by) => ok(await chat.commands.add(id, by, added))));
    const changes = await chat.everything(id);
    const joins = changes.flatMap((change) =>
      change.type === 'member' && change.change === 'added' ? change.userId : [],
    );
    expect(joins.sort()).toEqual(added.sort());
    expect((await load(id, owner)).memberCount).toBe(10);
  });

  test('is made with more members than one transaction holds', async () => {
    const members = users(120);
    const id = await group(members);
    expect((await load(id, members[0] ?? '')).memberCount).toBe(120);
    expect((await chat.store.allMembers(id)).map(({ userId }) => userId).sort()).toEqual([...members].sort());
    for (const userId of members) expect(await chat.store.memberships(userId)).toHaveLength(1);
  });
});

describe('history', () => {
  test('pages both ways without a gap or a double, and says when there is more', async () => {
    const [a = '', b = ''] = users(2);
    const id = await group([a, b]);
    for (let i = 0; i < 7; i++) {
      ok(await chat.send(draft(id, i % 2 ? a : b)));
      if (i === 3) ok(await chat.commands.update(id, a, { name: 'another name' }));
    }
    expect(await messagesOf(id, a, { limit: 3 })).toMatchObject({ seqs: [6, 7, 8], hasMore: true });
    expect(await messagesOf(id, a, { limit: 3, before: 6 })).toMatchObject({ seqs: [2, 3, 4], hasMore: true });
    expect(await messagesOf(id, a, { limit: 3, before: 2 })).toMatchObject({ seqs: [1], hasMore: false });
    expect(await messagesOf(id, a, { limit: 3, after: 0 })).toMatchObject({ seqs: [1, 2, 3], hasMore: true });
    expect(await messagesOf(id, a, { limit: 3, after: 3 })).toMatchObject({ seqs: [4, 6, 7], hasMore: true });
    expect(await messagesOf(id, a, { limit: 3, after: 7 })).toMatchObject({ seqs: [8], hasMore: false });
    expect(await messagesOf(id, a, { limit: 3, after: 99 })).toMatchObject({ seqs: [], hasMore: false });
    expect(await messagesOf(id, a, { limit: 9, after: 2, before: 7 })).toMatchObject({ seqs: [3, 4, 6] });
  });
});

describe('an id below the mark', () => {
  test('without `after`, in a conversation that has changed too often, is stale and writes nothing', async () => {
    const [a = '', b = ''] = users(2);
    const id = await group([a, b]);
    const [older, newer] = [uuidv7(), uuidv7()];
    ok(await chat.send(draft(id, a, { clientId: newer })));
    await chat.table.update({ pk: `conversation#${id}`, sk: 'head' }, expression`SET seq = ${20_000}`);
    expect(await chat.send(draft(id, a, { clientId: older }))).toMatchObject({ error: { code: 'stale' } });
    expect((await load(id, a)).seq).toBe(20_000);
  });
});

describe('catching up', () => {
  test('brings exactly what changed, the conversations not named, and those that are no longer ours', async () => {
    const [me = '', other = ''] = users(2);
    const [known, unknown, left, quiet] = [
      await group([other, me]),
      await group([other, me]),
      await group([other, me]),
      await group([other, me]),
    ];
    for (let i = 0; i < 3; i++) ok(await chat.send(draft(known, other)));
    ok(await chat.commands.remove(left, me, me));
    const answer = await sync(chat.store, me, { cursors: { [known]: 1, [left]: 0, [quiet]: 0 } });
    const of = (id: string) => answer.conversations.find(({ conversationId }) => conversationId === id);
    expect(of(known)).toMatchObject({ lastSeq: 3, unread: 3, readSeq: 0, more: false });
    expect(of(known)?.events.map(({ seq }) => seq)).toEqual([2, 3]);
    expect(of(quiet)).toMatchObject({ lastSeq: 0, events: [], more: false });
    expect(answer.added.map(({ id }) => id)).toEqual([unknown]);
    expect(answer.removed).toEqual([left]);
  });

  test('starts afresh from the newest page when too much changed, or for a cursor from nowhere', async () => {
    const [me = '', other = ''] = users(2);
    const id = await group([other, me]);
    ok(await chat.send(draft(id, other)));
    const answer = await sync(chat.store, me, { cursors: { [id]: 500 } });
    expect(answer.conversations).toMatchObject([{ resync: true, lastSeq: 1, more: false }]);
    expect(answer.conversations[0]?.events).toHaveLength(1);
  });

  test('starts afresh for a cursor of another epoch, although it looks like one of the present', async () => {
    const [me = '', other = ''] = users(2);
    const id = await group([other, me]);
    for (const text of ['one', 'two']) ok(await chat.send(draft(id, other, { text })));
    const since = (epoch: string) => sync(chat.store, me, { cursors: { [id]: 1 }, epochs: { [id]: epoch } });
    expect((await since('1')).conversations).toMatchObject([{ epoch: '1', events: [{ seq: 2 }] }]);
    expect((await since('1')).conversations[0]).not.toHaveProperty('resync');
    expect((await since('0')).conversations).toMatchObject([
      { epoch: '1', resync: true, lastSeq: 2, unread: 2, events: [{ seq: 1 }, { seq: 2 }] },
    ]);
    expect((await sync(chat.store, me, { cursors: {} })).added).toMatchObject([{ id, epoch: '1' }]);
  });

  test('goes past a message whose sender died, and counts it as unread no more', async () => {
    const [me = '', other = ''] = users(2);
    const id = await group([other, me]);
    ok(await chat.send(draft(id, other)));
    await expect(chatOn(crashing(tables.client, 1, 'after')).send(draft(id, other))).rejects.toThrow();
    expect((await sync(chat.store, me, { cursors: { [id]: 0 } })).conversations).toMatchObject([
      { lastSeq: 2, unread: 1, more: false, events: [{ seq: 1 }] },
    ]);
    const [own] = await chat.own(me);
    expect(own?.conversation.voids).toEqual([2]);
  });
});

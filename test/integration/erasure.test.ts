import { inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { createConnect } from '#adapters/dynamo/connections/connect.ts';
import { createSessions } from '#adapters/dynamo/connections/sessions.ts';
import { createChanges } from '#adapters/dynamo/messages/changes.ts';
import { createPlans } from '#adapters/dynamo/messages/plans.ts';
import { createRevisions } from '#adapters/dynamo/messages/revisions.ts';
import { createSegments } from '#adapters/dynamo/messages/segments.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { createErasure } from '#adapters/dynamo/users/erasure.ts';
import { createFamilies } from '#adapters/dynamo/users/families.ts';
import { createRegistration } from '#adapters/dynamo/users/registration.ts';
import { createUsers } from '#adapters/dynamo/users/users.ts';
import { runtime } from '#adapters/runtime.ts';
import type { MessageChange } from '#core/conversations/change.ts';
import { type AccountEraser, eraseAccount, type Progress } from '#core/erasure/account.ts';
import { messageOf } from '#core/messages/message.ts';
import { revise } from '#core/messages/revise.ts';
import { ensureSegment } from '#core/search/build.ts';
import { segmentSize } from '#core/search/segment.ts';
import * as local from '#local/test/helpers/dynamodb.ts';
import { startAccountTables, tables } from '#test/helpers/accounts.ts';
import { Crash, chatOn, crashing, draft, messagesTable, ok } from '#test/helpers/chat.ts';
import { fillWithMessages } from '#test/helpers/fill.ts';
import { runs } from '#test/helpers/runs.ts';

let accounts: Awaited<ReturnType<typeof startAccountTables>>;
beforeAll(async () => {
  accounts = await startAccountTables();
  await local.createTable(accounts.database, messagesTable);
});
afterAll(() => accounts.stop());

const at = Date.UTC(2031, 5);

/** Everything that erasing does, on a client that may die; it notes who was told of what, and whose sockets were closed. */
function eraserOn(client: DynamoDb) {
  const { store, media } = chatOn(client);
  const messages = createTable(client, messagesTable.TableName);
  const told: string[] = [];
  const closed: string[] = [];
  const eraser: AccountEraser = {
    ...store,
    ...createErasure(client, createTable(client, tables.users), messages, media, async () => {}),
    apply: createPlans(client, messages, media),
    closeSockets: (userId) =>
      createSessions(createTable(client, tables.connections)).erase(
        userId,
        async (connections) => void closed.push(...connections.map(({ connectionId }) => connectionId)),
        at,
      ),
    deliver: async (conversationId) => void told.push(conversationId),
  };
  return { eraser, told, closed };
}

/** Erases an account in several runs, any of which may crash. Each run has time for so many pages. */
async function eraseAll(userId: string, deaths: readonly { at: number; when: 'before' | 'after' }[], pages = 99) {
  const clients = [...deaths.map(({ at, when }) => crashing(accounts.client, at, when)), accounts.client];
  let progress: Progress = { userId };
  for (const [tries, client] of clients.entries()) {
    const { eraser } = eraserOn(client);
    try {
      for (let rest: Progress | undefined = progress; rest; ) {
        progress = rest;
        let left = pages;
        rest = await eraseAccount(eraser, progress, at + tries, () => left-- > 0);
      }
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
  }
}

/** Ann and others in a small or large group and in a direct conversation, with edits and reactions. */
async function talk(members: number, texts: number) {
  const { client } = accounts;
  const [ann = '', ben = '', ...others] = Array.from({ length: members }, () => uuidv7());
  const username = `ann-${ann.slice(-12)}`;
  const profile = { displayName: 'Ann', bio: '', passwordHash: '', createdAt: new Date(at).toISOString() };
  const account = { id: ann, username, email: `${username}@example.org`, ...profile };
  await createRegistration(client, accounts.users, accounts.connections)(account);
  const chat = chatOn(client);
  const store = { ...chat.store, apply: createRevisions(client, chat.table, chat.media) };
  const create = async (request: Parameters<typeof chat.commands.create>[1]) =>
    ok(await chat.commands.create(ann, request)).conversationId;
  const group = await create({ type: 'group', name: 'g', memberIds: [ben, ...others] });
  const direct = await create({ type: 'direct', memberIds: [ben] });
  const left = await create({ type: 'group', name: 'left', memberIds: [ben] });
  for (const conversationId of [group, direct, left])
    for (let i = 0; i < texts; i++)
      for (const sender of [ann, ben]) {
        const { message } = ok(await chat.send(draft(conversationId, sender, { text: `secret ${i}` })));
        const target = { conversationId, seq: message.seq };
        ok(await revise(store, ann, { action: 'react', emoji: '👍', ...target }));
        if (sender === ann && i % 2 === 0)
          ok(await revise(store, ann, { action: 'edit', text: `secret again ${i}`, ...target }));
      }
  ok(await chat.commands.remove(left, ann, ann));
  return { chat, store, ann, ben, username, account, conversations: [group, direct, left], group };
}

const death = fc.record({
  at: fc.integer({ min: 1, max: 60 }),
  when: fc.constantFrom('before' as const, 'after' as const),
});

test('dying anywhere, with little time, and twice over, erasing comes to the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(3, 10),
      fc.array(death, { maxLength: 4 }),
      fc.constantFrom(1, 99),
      async (members, deaths, pages) => {
        const { chat, ann, ben, username, conversations, group } = await talk(members, 3);
        const before = new Map<string, MessageChange[]>();
        for (const id of conversations)
          before.set(
            id,
            (await chat.everything(id)).filter((change) => change.type === 'message'),
          );
        await eraseAll(ann, deaths, pages);

        const users = createUsers(accounts.users, String);
        expect(await users.get(ann)).toBeUndefined();
        expect(await users.idOfUsername(username)).toBeUndefined();
        expect(await users.idOfEmail(`${username}@example.org`)).toBeUndefined();
        expect(await accounts.connections.get({ userId: ann })).toBeUndefined();
        expect(await chat.store.everJoined(ann)).toEqual([]);
        const all = new Map<string, unknown>();
        for (const id of conversations) {
          const changes = await chat.everything(id);
          all.set(id, changes);
          const [erased, ...more] = changes.flatMap((change) =>
            change.type === 'member' && change.change === 'erased' ? change : [],
          );
          expect(erased?.userId).toBe(ann);
          expect(more).toEqual([]);
          // A client that empties messages by the event has the same as one that fetches them.
          const blanked = (before.get(id) ?? []).map((message) =>
            message.senderId === ann && message.seq < (erased?.seq ?? 0)
              ? messageOf({
                  ...message,
                  text: '',
                  editedAt: undefined,
                  reactions: undefined,
                  deletedAt: message.deletedAt ?? erased?.at,
                })
              : messageOf(message),
          );
          const fetched = changes.filter((change) => change.type === 'message').map((change) => messageOf(change));
          expect(fetched).toEqual(blanked);
          expect(JSON.stringify(changes.filter((change) => 'by' in change && change.by === ann))).not.toContain(
            'secret',
          );
          const conversation = await chat.store.load(id, [ann, ben]);
          expect(conversation?.members.has(ann)).toBe(false);
        }
        expect((await chat.store.load(group, [ben]))?.members.get(ben)?.role).toBe('owner');

        await eraseAll(ann, [], 1);
        for (const id of conversations) expect(await chat.everything(id)).toEqual(all.get(id));
      },
    ),
    runs(6),
  );
});

test('the search index forgets the words, whatever dies', async () => {
  const { client } = accounts;
  const { chat, ann, group } = await talk(3, 1);
  const index = createSegments(chat.table);
  const store = { ...runtime, ...createChanges(client, chat.table, () => undefined), ...index };
  const { seq = 0, n = 0 } = (await chat.store.load(group, [])) ?? {};
  const texts = Array.from({ length: 2 * segmentSize }, () => 'words');
  await fillWithMessages(
    client,
    messagesTable.TableName,
    { conversationId: group, senderId: ann, seq, n },
    texts,
    Date.now,
  );
  const [first, second] = [0, 1];
  for (const segment of [first, second]) await ensureSegment(store, group, segment);

  await eraseAll(ann, [{ at: 60, when: 'after' }]);
  const nothing = { segment: undefined, revised: { messages: new Map(), purge: undefined } };
  for (const segment of [first, second]) expect(await index.segment(group, segment)).toEqual(nothing);
  for (const segment of [first, second]) await ensureSegment(store, group, segment);
  for (const { segment } of (await index.segments(group, second, first)).segments.values())
    expect(inflateRawSync(segment?.packed ?? new Uint8Array()).toString()).not.toContain('word');
});

test('what is sent, edited and reacted to meanwhile leaves no text behind', async () => {
  const { chat, store, ann, ben, group } = await talk(3, 2);
  const { eraser } = eraserOn(accounts.client);
  const busy = Array.from({ length: 10 }, async () => {
    await chat.send(draft(group, ann, { text: 'secret, late', after: 0 }));
    await chat.send(draft(group, ben, { text: 'not hers', after: 0 }));
    for (const action of [
      { action: 'edit', text: 'secret, edited' } as const,
      { action: 'react', emoji: '🎉' } as const,
    ])
      await revise(store, ann, { ...action, conversationId: group, seq: 1 });
    await revise(store, ben, { action: 'react', emoji: '🙂', conversationId: group, seq: 1 });
  });
  await Promise.all([...busy, eraseAccount(eraser, { userId: ann }, at, () => true)]);
  const changes = await chat.everything(group);
  const erased = changes.find((change) => change.type === 'member' && change.change === 'erased');
  expect(changes.filter(({ seq }) => seq > (erased?.seq ?? 0)).every((change) => !isBy(change, ann))).toBe(true);
  expect(JSON.stringify(changes.filter((change) => isBy(change, ann)))).not.toContain('secret');
  expect(changes.filter((change) => change.type === 'message' && change.text === 'not hers')).not.toEqual([]);
});

function isBy(change: object, userId: string): boolean {
  return ('senderId' in change && change.senderId === userId) || ('by' in change && change.by === userId);
}

test('a socket that opens while the others are closed is closed as well', async () => {
  const { ann } = await talk(2, 0);
  const sessions = createSessions(accounts.connections);
  const opened = createConnect(accounts.connections, createFamilies(accounts.users));
  const connect = (connectionId: string) => opened({ userId: ann, connectionId, familyId: 'f' }, at);
  await connect('one');
  const closed: string[] = [];
  await sessions.erase(
    ann,
    async (connections) => {
      if (closed.length === 0) await connect('two');
      closed.push(...connections.map(({ connectionId }) => connectionId));
    },
    at,
  );
  expect(new Set(closed)).toEqual(new Set(['one', 'two']));
  expect(await connect('three')).toBe('refused');
});

test('a name rests for 30 days; who takes it then keeps it, whatever is erased again', async () => {
  const { ann, account } = await talk(2, 0);
  await eraseAll(ann, []);
  const register = createRegistration(accounts.client, accounts.users, accounts.connections);
  const another = { ...account, id: uuidv7() };
  const after = (days: number) => ({ ...another, createdAt: new Date(at + days * 24 * 3_600_000).toISOString() });
  for (const days of [0, 1, 29.9]) expect(await register(after(days))).toBe('username_taken');
  // The address is free at once: its mailbox says whose it is.
  expect(await register({ ...after(1), id: uuidv7(), username: `${account.username}.2` })).toBe('created');
  expect(await register({ ...after(30.1), email: `else-${account.email}` })).toBe('created');
  await eraseAll(ann, []);
  expect(await createUsers(accounts.users, String).idOfUsername(account.username)).toBe(another.id);
});

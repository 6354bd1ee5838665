import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { expression } from '#adapters/dynamo/expression.ts';
import { keys } from '#adapters/dynamo/messages/keys.ts';
import { createSegments } from '#adapters/dynamo/messages/segments.ts';
import { receive } from '#core/messages/receipts.ts';
import { badgeOf } from '#core/push/badge.ts';
import { search } from '#core/search/search.ts';
import { listConversations } from '#core/sync/list.ts';
import { overview } from '#core/sync/summary.ts';
import { sync } from '#core/sync/sync.ts';
import type { Conversation } from '#protocol/conversations.ts';
import { countingUnits } from '#test/helpers/capacity.ts';
import { type Chat, chatOn, draft, messagesTable, ok, startChatTables } from '#test/helpers/chat.ts';
import { type Filled, fillWithConversations } from '#test/helpers/fill.ts';

const day = 24 * 3600_000;
const many = 1_000;
const start = Date.now();
let now = start;

let database: DynamoDb;
let stop: () => Promise<void>;
let chat: Chat;
let used: ReturnType<typeof countingUnits>['used'];
const me = uuidv7();
let all: Filled[];

beforeAll(async () => {
  ({ client: database, stop } = await startChatTables());
  const counting = countingUnits(database);
  used = counting.used;
  chat = chatOn(counting.client, uuidv7, { clock: () => now });
  all = conversationsOf(many);
  await fillWithConversations(database, messagesTable.TableName, me, all);
  // The conversations are summarized by the first requests.
  for (let i = 0; i < 5; i++) await (await overview(chat.store, me)).summarize();
}, 120_000);
afterAll(() => stop());

/** Every fourth has an unread message. The first is the one that was active last, and all were some time ago. */
function conversationsOf(count: number): Filled[] {
  return Array.from({ length: count }, (_, i) => ({
    id: uuidv7(),
    otherId: uuidv7(),
    at: start - 10 * 60_000 - i * 60_000,
    texts: ['How are you?', 'I have been thinking of what you said on Monday.', `That makes ${i} of them.`],
    unread: i % 4 === 0 ? 1 : 0,
  }));
}

async function readUnitsOf(run: () => Promise<unknown>): Promise<number> {
  const before = used.reads;
  await run();
  return used.reads - before;
}

const cursors = () => Object.fromEntries(all.map(({ id, texts }) => [id, texts.length]));
const list = async (userId: string, cursor?: string) =>
  ok(await listConversations(chat.store, userId, { limit: 50, ...(cursor !== undefined && { cursor }) }));
const unreadIn = (some: readonly Filled[]) => some.reduce((sum, { unread }) => sum + unread, 0);

async function wholeList(userId: string): Promise<Conversation[]> {
  const conversations: Conversation[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await list(userId, cursor);
    conversations.push(...page.conversations);
    if (page.nextCursor === null) return conversations;
    cursor = page.nextCursor;
  }
}

describe('with 1 000 conversations', () => {
  test('a page of the list is at most 100 read units, and the whole list has each as it is', async () => {
    expect(await readUnitsOf(() => list(me))).toBeLessThanOrEqual(100);
    const conversations = await wholeList(me);
    expect(conversations.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    expect(conversations.map(({ unread }) => unread)).toEqual(all.map(({ unread }) => unread));
    expect(conversations.map(({ lastMessage }) => lastMessage?.text)).toEqual(all.map(({ texts }) => texts.at(-1)));
  });

  test('a sync with nothing new is at most 60 read units and no write, and has each as it is', async () => {
    const written = used.writes;
    let answer: Awaited<ReturnType<typeof sync>> | undefined;
    const units = await readUnitsOf(async () => {
      answer = await sync(chat.store, me, { cursors: cursors() });
    });
    expect(units).toBeLessThanOrEqual(60);
    expect(used.writes).toBe(written);
    expect(answer).toMatchObject({ added: [], removed: [], more: false });
    const states = new Map(answer?.conversations.map((one) => [one.conversationId, one]));
    expect(all.map(({ id }) => states.get(id))).toEqual(
      all.map(({ id, texts, unread }) => ({
        conversationId: id,
        epoch: '1',
        lastSeq: texts.length,
        readSeq: texts.length - unread,
        unread,
        muted: false,
        events: [],
        more: false,
      })),
    );
  });

  test('a badge is at most 12 read units, and stops at 99', async () => {
    const [first] = all;
    let badge = 0;
    const units = await readUnitsOf(async () => {
      badge = await badgeOf(chat.store, me, first?.id ?? '', 1);
    });
    expect([badge, unreadIn(all)]).toEqual([99, 250]);
    expect(units).toBeLessThanOrEqual(12);
  });

  test('a search for a word that is not there is at most 2 read units a conversation', async () => {
    const store = { ...chat.store, ...createSegments(chat.table) };
    const units = await readUnitsOf(async () => {
      for (let cursor: string | undefined; ; ) {
        const { conversations } = await overview(store, me);
        const page = ok(await search(store, me, conversations, { q: 'absent', ...(cursor && { cursor }) }));
        expect(page.hits).toEqual([]);
        if (page.nextCursor === null) return;
        cursor = page.nextCursor;
      }
    });
    expect(units).toBeLessThanOrEqual(2 * many);
  });

  test('what changes in an old one is in the next sync, and so is what was read on another device', async () => {
    const [written, read, edited, muted] = all.slice(-4);
    if (!written || !read || !edited || !muted) throw new Error('too few');
    ok(await chat.send(draft(written.id, written.otherId)));
    const socket = { userId: me, connectionId: 'one' };
    ok(await receive(chat.pointers, socket, [{ conversationId: read.id, seq: 3, status: 'read' }], 0));
    ok(await chat.revise(edited.otherId, { action: 'edit', conversationId: edited.id, seq: 3, text: 'changed' }));
    await chat.store.mute(me, muted.id, true);
    const { conversations } = await sync(chat.store, me, { cursors: cursors() });
    const state = (id: string) => conversations.find(({ conversationId }) => conversationId === id);
    expect(state(written.id)).toMatchObject({ lastSeq: 4, unread: written.unread + 1, events: [{ seq: 4 }] });
    expect(state(read.id)).toMatchObject({ readSeq: 3, unread: 0, events: [] });
    expect(state(edited.id)).toMatchObject({ lastSeq: 4, events: [{ type: 'edited', target: 3 }] });
    expect(state(muted.id)).toMatchObject({ muted: true });
    const page = await list(me);
    expect(page.conversations[0]).toMatchObject({ id: written.id, lastMessage: { seq: 4 } });
    const changed = (await wholeList(me)).find(({ id }) => id === edited.id);
    expect(changed?.lastMessage).toMatchObject({ text: 'changed' });
    expect(await readUnitsOf(() => sync(chat.store, me, { cursors: cursors() }))).toBeLessThanOrEqual(60);
  });
});

describe('memberships from before there were summaries', () => {
  test('are looked at each time, for a day after the last of them was found, and count in the badge', async () => {
    const userId = uuidv7();
    const old = conversationsOf(40);
    await fillWithConversations(database, messagesTable.TableName, userId, old, { unopened: true });
    const summaries = async () => (await overview(chat.store, userId)).conversations.filter(({ summary }) => summary);
    const asks = { cursors: Object.fromEntries(old.map(({ id }) => [id, 3])) };
    expect(await badgeOf(chat.store, userId, '', 0)).toBe(unreadIn(old));
    for (let i = 0; i < 3; i++) {
      const { conversations } = await sync(chat.store, userId, asks);
      expect(conversations.map(({ unread }) => unread)).toEqual(old.map(({ unread }) => unread));
      now += day / 3;
      expect(await summaries()).toEqual([]);
    }
    now += 1;
    expect(await badgeOf(chat.store, userId, '', 0)).toBe(unreadIn(old));
    await sync(chat.store, userId, asks);
    expect(await summaries()).toHaveLength(30);
    expect(await badgeOf(chat.store, userId, '', 0)).toBe(unreadIn(old));

    // One more, which former code has written meanwhile
    const [late] = conversationsOf(1);
    if (!late) throw new Error('none');
    await fillWithConversations(database, messagesTable.TableName, userId, [late], { unopened: true });
    expect((await sync(chat.store, userId, asks)).added).toMatchObject([{ id: late.id, unread: 1 }]);
    expect(await badgeOf(chat.store, userId, '', 0)).toBe(unreadIn(old) + 1);
    expect((await chat.store.openings(userId, { consistent: true })).completion?.since).toBe(now);
  });
});

test('after a restore no summary of before counts, until it was made again', async () => {
  const userId = uuidv7();
  const before = conversationsOf(30);
  await fillWithConversations(database, messagesTable.TableName, userId, before);
  await (await overview(chat.store, userId)).summarize();
  const store = { ...chat.store, epoch: '2' };
  const summaries = async () => (await overview(store, userId)).conversations.filter(({ summary }) => summary);
  // What the restored table has of a conversation is older than what it has of the summary.
  const restored = before[28];
  if (!restored) throw new Error('none');
  await chat.table.update(
    keys.head(restored.id),
    expression`SET seq = ${2}, n = ${2}, lastMessageSeq = ${2}, lastActivityAt = ${restored.at - 1}`,
  );
  for (const elapsed of [0, day, 1]) {
    now += elapsed;
    const { conversations } = await sync(store, userId, {
      cursors: { [restored.id]: 3 },
      epochs: { [restored.id]: '1' },
    });
    expect(conversations).toMatchObject([{ epoch: '2', lastSeq: 2, resync: true }]);
    expect(await badgeOf(store, userId, '', 0)).toBe(unreadIn(before) - 1);
  }
  expect(await summaries()).toHaveLength(20);
});

test('a message after a pause costs an opening for each member with a summary, and the next one none', async () => {
  const [one] = all.slice(-20);
  if (!one) throw new Error('none');
  const unitsOf = async (run: () => Promise<unknown>) => {
    const before = used.writes;
    await run();
    return used.writes - before;
  };
  const send = async () => ok(await chat.send(draft(one.id, one.otherId)));
  // The number, an opening for each of the two, the mark of the head, and the message
  expect(await unitsOf(send)).toBe(5);
  expect(await unitsOf(send)).toBe(2);
});

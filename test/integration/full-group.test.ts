import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { createRecipients } from '#adapters/dynamo/messages/recipients.ts';
import type { Recipient } from '#core/delivery/ports.ts';
import { membersPage } from '#core/sync/members-page.ts';
import { sync } from '#core/sync/sync.ts';
import { limits } from '#protocol/limits.ts';
import { countingUnits } from '#test/helpers/capacity.ts';
import { type Chat, chatOn, draft, intercepted, messagesTable, ok, startChatTables } from '#test/helpers/chat.ts';
import { fillWithMembers } from '#test/helpers/fill.ts';

const users = (count: number) => Array.from({ length: count }, () => uuidv7()).sort();
const [owner = '', ...others] = users(limits.groupMembers);
const [first = '', leaver = '', removed = ''] = others;
/** How many members are added by commands. The others are added by the fill. */
const founders = 130;
const added = 40;

let database: DynamoDb;
let counted: DynamoDb;
let stop: () => Promise<void>;
let chat: Chat;
let id: string;
let calls = 0;

beforeAll(async () => {
  ({ client: database, stop } = await startChatTables());
  counted = intercepted(database, (call) => {
    calls++;
    return call();
  });
  chat = chatOn(counted);
  id = await group(others.slice(0, founders));
  const rest = others.slice(founders, others.length - added);
  await fillWithMembers(database, messagesTable.TableName, await load(), rest, Date.now);
}, 120_000);
afterAll(() => stop());

async function group(memberIds: readonly string[]): Promise<string> {
  return ok(await chat.commands.create(owner, { type: 'group', name: 'hall', memberIds: [...memberIds] }))
    .conversationId;
}

async function load(...userIds: string[]) {
  const conversation = await chat.store.load(id, userIds);
  if (!conversation) throw new Error('no such conversation');
  return conversation;
}

async function callsOf(run: () => Promise<unknown>): Promise<number> {
  const before = calls;
  await run();
  return calls - before;
}

/** The ids of all members, read page by page as a client does. */
async function paged(): Promise<string[]> {
  const ids: string[] = [];
  const conversation = await load();
  for (let cursor: string | undefined; ; ) {
    const page = await membersPage(chat.store, conversation, { limit: limits.pageSize.max, cursor });
    ids.push(...page.members.map(({ userId }) => userId));
    if (page.nextCursor === null) return ids;
    cursor = page.nextCursor;
  }
}

test('a group takes members up to its limit, and not one more', async () => {
  ok(await chat.commands.add(id, owner, others.slice(-added)));
  expect((await load()).memberCount).toBe(limits.groupMembers);
  expect(await chat.commands.add(id, owner, [uuidv7()])).toMatchObject({ error: { code: 'conflict' } });
  // A user who is already a member doesn't count.
  expect(ok(await chat.commands.add(id, owner, [first]))).toMatchObject({ changes: [] });
});

test('its members can be paged through, each of them once', async () => {
  expect(await paged()).toEqual([owner, ...others]);
});

test('sending in it takes the calls that it takes in a small large group', async () => {
  const small = await group(others.slice(0, 20));
  const send = (conversationId: string) => async () => ok(await chat.send(draft(conversationId, owner)));
  for (const conversationId of [small, id]) await send(conversationId)();
  expect(await callsOf(send(id))).toBe(await callsOf(send(small)));
});

test('a member sees it in their list and in what they missed, with what they have not read', async () => {
  const before = await load(first);
  ok(await chat.send(draft(id, owner, { text: 'one' })));
  ok(await chat.send(draft(id, owner, { text: 'two' })));
  const read = async (cursors: Record<string, number>) => sync(chat.store, first, { cursors });
  const {
    added: [listed],
  } = await read({});
  expect(listed).toMatchObject({ id, memberCount: limits.groupMembers, lastMessage: { text: 'two' } });
  expect(listed?.members).toHaveLength(limits.listedMembers);
  expect(listed?.unread).toBe(4);
  const {
    conversations: [missed],
  } = await read({ [id]: before.seq });
  expect(missed?.events).toMatchObject([{ message: { text: 'one' } }, { message: { text: 'two' } }]);
});

test('its recipients are read once for as long as nobody comes or goes', async () => {
  const recipientsOf = createRecipients(chat.store, chat.store);
  const conversation = await load();
  expect(await recipientsOf(conversation)).toHaveLength(limits.groupMembers);
  ok(await chat.send(draft(id, owner)));
  const later = await load();
  expect(await callsOf(() => recipientsOf(later))).toBe(0);
});

test('who comes and goes is added to its recipients and taken out, for what the changes cost', async () => {
  const { client, used } = countingUnits(database);
  const { store } = chatOn(client);
  const recipientsOf = createRecipients(store, store);
  const ids = (recipients: readonly Recipient[]) => recipients.map(({ userId }) => userId).toSorted();
  const rest = others.slice(-6, -1);
  await recipientsOf(await load());
  for (const userId of rest) ok(await chat.commands.remove(id, owner, userId));
  let before = used.reads;
  expect(ids(await recipientsOf(await load()))).toEqual([owner, ...others].filter((userId) => !rest.includes(userId)));
  expect(used.reads - before).toBeLessThan(10);
  for (const userId of rest) {
    ok(await chat.send(draft(id, owner)));
    ok(await chat.commands.add(id, owner, [userId]));
    const { seq } = await load();
    before = used.reads;
    const recipients = await recipientsOf(await load());
    expect(recipients.find((one) => one.userId === userId)).toEqual({ userId, joinedSeq: seq - 1 });
    expect(used.reads - before).toBeLessThan(10);
  }
  expect(ids(await recipientsOf(await load()))).toEqual([owner, ...others]);
  // One who is given an older conversation gets members that are at least as new.
  expect(await recipientsOf({ ...(await load()), seq: 1, revision: 1 })).toHaveLength(limits.groupMembers);
});

test('who leaves and who is removed is out, and their place is free', async () => {
  ok(await chat.commands.remove(id, leaver, leaver));
  ok(await chat.commands.remove(id, owner, removed));
  expect((await load()).memberCount).toBe(limits.groupMembers - 2);
  for (const userId of [leaver, removed])
    expect(await chat.send(draft(id, userId))).toMatchObject({ error: { code: 'forbidden' } });
  ok(await chat.commands.add(id, owner, [leaver, uuidv7()]));
  ok(await chat.join(leaver, id));
  expect((await load()).memberCount).toBe(limits.groupMembers);
  expect(await paged()).toHaveLength(limits.groupMembers);
});

test('its owner hands over to the first of all who came', async () => {
  ok(await chat.commands.remove(id, owner, owner));
  expect((await load(first)).members.get(first)?.role).toBe('owner');
});

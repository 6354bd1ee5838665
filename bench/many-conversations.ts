import { setTimeout as sleep } from 'node:timers/promises';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { v7 } from 'uuid';
import { overSdk } from '#adapters/dynamo/sdk-client.ts';
import { dynamoDbClient } from '#local/test/helpers/dynamodb.ts';
import { Conversations } from '#protocol/conversations.ts';
import { Sync } from '#protocol/events.ts';
import { Hits } from '#protocol/search.ts';
import { fillWithConversations } from '#test/helpers/fill.ts';
import { startPushService } from '#test/helpers/push-service.ts';
import { type Person, register } from './person.ts';
import type { Row } from './rows.ts';
import { settled } from './settled.ts';
import type { BenchStack, Usage } from './stack.ts';

const many = 1_000;
const runs = 5;
const pushes = 3;
const text = 'I have been thinking of what you said on Monday, and I am still not sure.';

/** Measures what grows with the number of a person's conversations, of which nearly all were quiet for some time. */
export async function measureManyConversations(stack: BenchStack): Promise<Row[]> {
  const me = await register(stack, 'talkative');
  const friend = await register(stack, 'friend');
  const recent = await me.talkTo([friend]);
  const cursors: Record<string, number> = Object.fromEntries((await fill(stack, me)).map((id) => [id, 3]));
  cursors[recent] = 0;
  // The first requests summarize the conversations.
  const sync = async () => Sync.parse(await me.call('POST', '/sync', { cursors }));
  for (let i = 0; i < 6; i++) await sync();

  return [
    ...(await rowsOf(stack, 'a page of the list', { readUnits: 100 }, () => page(me))),
    ...(await rowsOf(stack, 'the whole list', {}, () => wholeList(me))),
    ...(await rowsOf(stack, 'sync, nothing new', { readUnits: 60 }, sync)),
    ...(await rowsOf(stack, 'search for a word that is not there', { readUnits: 2 * many }, () => searchAll(me))),
    ...(await pushRows(stack, friend, me, recent)),
  ];
}

async function fill(stack: BenchStack, { id: userId }: Person): Promise<string[]> {
  const client = dynamoDbClient(stack.database, { credentials: stack.credentials });
  const { TableNames = [] } = await client.send(new ListTablesCommand());
  const table = TableNames.find((name) => name.includes('Messages')) ?? '';
  const conversations = Array.from({ length: many }, (_, i) => ({
    id: v7(),
    otherId: v7(),
    at: Date.now() - (10 + i) * 60_000,
    texts: [text, text, text],
    unread: i % 4 === 0 ? 1 : 0,
  }));
  await fillWithConversations(overSdk(client), table, userId, conversations);
  client.destroy();
  return conversations.map(({ id }) => id);
}

async function page(person: Person, cursor: string | null = null): Promise<Conversations> {
  return Conversations.parse(await person.call('GET', `/conversations${cursor ? `?cursor=${cursor}` : ''}`));
}

async function wholeList(person: Person): Promise<void> {
  let count = 0;
  let cursor: string | null = null;
  do {
    const { conversations, nextCursor }: Conversations = await page(person, cursor);
    count += conversations.length;
    cursor = nextCursor;
  } while (cursor !== null);
  if (count !== many + 1) throw new Error(`${count} conversations`);
}

async function searchAll(person: Person): Promise<void> {
  let cursor: string | null = null;
  do {
    const { nextCursor }: Hits = Hits.parse(
      await person.call('GET', `/search?q=absent${cursor ? `&cursor=${cursor}` : ''}`),
    );
    cursor = nextCursor;
  } while (cursor !== null);
}

/** What a push takes in addition to sending the message. */
async function pushRows(stack: BenchStack, friend: Person, me: Person, conversationId: string): Promise<Row[]> {
  const service = await startPushService();
  try {
    await friend.connect();
    let sent = 0;
    const send = async () => {
      await friend.send(conversationId, `message ${++sent}`);
      await settled(stack);
    };
    const alone = await used(stack, pushes, send);
    const device = service.device();
    await me.call('POST', '/push/subscriptions', device.subscription);
    const whole = await used(stack, pushes, async () => {
      const before = device.notifications.length;
      await send();
      while (device.notifications.length === before) await sleep(100);
      await settled(stack);
    });
    return rows('a push with its badge', difference(whole, alone), { readUnits: 20 });
  } finally {
    await service.stop();
    await friend.disconnect();
  }
}

type Budgets = Partial<Record<keyof Usage, number>>;

async function rowsOf(stack: BenchStack, name: string, budgets: Budgets, run: () => Promise<unknown>): Promise<Row[]> {
  return rows(name, await used(stack, runs, run), budgets);
}

async function used(stack: BenchStack, times: number, run: () => Promise<unknown>): Promise<Usage> {
  const before = await stack.usage();
  for (let i = 0; i < times; i++) await run();
  const each = difference(await stack.usage(), before);
  return mapped(each, (value) => value / times);
}

const difference = (one: Usage, other: Usage): Usage => mapped(one, (value, key) => Math.max(0, value - other[key]));

function mapped(usage: Usage, of: (value: number, key: keyof Usage) => number): Usage {
  return {
    calls: of(usage.calls, 'calls'),
    readUnits: of(usage.readUnits, 'readUnits'),
    writeUnits: of(usage.writeUnits, 'writeUnits'),
    invocations: of(usage.invocations, 'invocations'),
    managementCalls: of(usage.managementCalls, 'managementCalls'),
    functionMs: of(usage.functionMs, 'functionMs'),
    functionCpuMs: of(usage.functionCpuMs, 'functionCpuMs'),
    logBytes: of(usage.logBytes, 'logBytes'),
  };
}

function rows(name: string, usage: Usage, budgets: Budgets): Row[] {
  const group = `A person with ${many} conversations: ${name}`;
  const row = (title: string, key: keyof Usage, unit: string): Row => ({
    group,
    name: title,
    value: usage[key],
    unit,
    budget: budgets[key],
  });
  return [row('DynamoDB calls', 'calls', ''), row('read units', 'readUnits', ''), row('write units', 'writeUnits', '')];
}

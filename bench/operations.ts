import { setTimeout as sleep } from 'node:timers/promises';
import { Sync } from '#protocol/events.ts';
import { History } from '#protocol/history.ts';
import { type Person, register } from './person.ts';
import { dollarsOf } from './prices.ts';
import type { Row } from './rows.ts';
import { settled } from './settled.ts';
import { type BenchStack, difference, type Usage } from './stack.ts';

const runs = 20;
/** After so many messages what is left of compiling is little. Those of an environment's first moments are a row of their own. */
const warmups = 300;
/** Longer than a stream and a queue gather, in ms: what follows from a message that is sent alone follows from it alone. */
const aloneMs = 1_500;
const largest = 150;
/** Up to this many members, messages are delivered before the ack. In larger rooms they are delivered later, several at once. */
const inlineMembers = 100;
const text = 'x'.repeat(400);

type Budgets = Partial<Record<keyof Usage, number>>;

/** Measures what each operation of a user uses on average, while every user has one socket. */
export async function measureOperations(stack: BenchStack): Promise<Row[]> {
  const rows: Row[] = [];
  const measure = async (group: string, budgets: Budgets, run: () => Promise<unknown>) => {
    rows.push(...usageRows(group, await stack.usageOf(runs, run), budgets));
  };

  const people: Person[] = [];
  for (let i = 0; i < largest; i++) people.push(await register(stack, `person${i}`));
  const [me, friend] = people;
  if (!me || !friend) throw new Error('nobody registered');

  const connecting = people.values();
  await measure('Connect', { writeUnits: 1 }, async () => connecting.next().value?.connect());
  for (const person of connecting) await person.connect();

  const direct = await me.talkTo([friend]);
  const alone = async (run: () => Promise<unknown>) => Promise.all([run(), sleep(aloneMs)]);
  // The functions that tell others who is there are done with those who connected.
  await settled(stack);
  const young = await stack.usageOf(runs, () => me.send(direct, text), 0);
  rows.push({ ...cpuRow('Send to 2 members, the first 20 of an environment', young), budget: 3 });
  for (let i = runs; i < warmups; i++) await me.send(direct, text);
  for (const [members, conversationId] of [
    [2, direct],
    [8, await me.talkTo(people.slice(1, 8))],
    [50, await me.talkTo(people.slice(1, 50))],
    [largest, await me.talkTo(people.slice(1))],
  ] as const) {
    // One management call for each socket of the others, and none for the ack.
    const common = members <= inlineMembers ? { invocations: 1, managementCalls: members - 1 } : {};
    const budgets =
      members <= 8
        ? // Half a read unit for each row of a recipient's sockets.
          { ...common, calls: 3, readUnits: members / 2, writeUnits: 2 }
        : // Some messages share those of a run that delivers them.
          { ...common, writeUnits: members <= inlineMembers ? 3 : 3.5 };
    const cpu = members === 2 ? { functionCpuMs: 1 } : {};
    await settled(stack);
    await measure(`Send to ${members} members`, { ...budgets, ...cpu }, () => me.send(conversationId, text));
  }
  // With everything that follows from it: the outbox, which gathers what comes within a second.
  await settled(stack);
  const one = await stack.usageOf(8, () => alone(() => me.send(direct, text)), 0);
  rows.push(...usageRows('Send to 2 members, alone', one, { calls: 3, invocations: 1 }));
  rows.push(await receiptsRow(stack, people.slice(0, 5), alone));

  // What is read is mostly the newest message, so each run has one of its own, whose usage is taken off.
  await settled(stack);
  const sent = await stack.usageOf(runs, () => me.send(direct, text));
  await settled(stack);
  const sentAndRead = await stack.usageOf(runs, async () => {
    const { seq } = await me.send(direct, text);
    await friend.ask('receipt', { conversationId: direct, seq, status: 'read' });
  });
  rows.push(
    ...usageRows('Mark read, and a second’s share of telling it', difference(sentAndRead, sent), { writeUnits: 1 }),
  );

  for (let i = 0; i < 50; i++) await me.send(direct, text);
  await measure('History, a page of 50 messages', { invocations: 1 }, async () => {
    const { messages } = History.parse(await friend.call('GET', `/conversations/${direct}/messages?limit=50`));
    if (messages.length !== 50) throw new Error(`${messages.length} messages`);
  });

  const sync = async (cursors: object) => Sync.parse(await friend.call('POST', '/sync', { cursors }));
  const { added } = await sync({});
  const current = Object.fromEntries(added.map(({ id, lastSeq }) => [id, lastSeq]));
  await measure('Sync of 4 conversations, nothing new', { invocations: 1 }, () => sync(current));
  const behind = { ...current, [direct]: (current[direct] ?? 0) - 50 };
  await measure('Sync of 4 conversations, 50 changes', { invocations: 1 }, () => sync(behind));

  const leaving = people.values();
  await measure('Disconnect', { writeUnits: 1, invocations: 1 }, async () => {
    const { invocations } = await stack.usage();
    await leaving.next().value?.disconnect();
    while ((await stack.usage()).invocations === invocations) await sleep(5);
  });
  for (const person of leaving) await person.disconnect();
  return rows;
}

/** What a message costs with the receipts of all who read it within two seconds, in a room of these people, as a multiple of the message alone. */
async function receiptsRow(
  stack: BenchStack,
  [sender, ...readers]: readonly Person[],
  alone: (run: () => Promise<unknown>) => Promise<unknown>,
): Promise<Row> {
  if (!sender) throw new Error('nobody sends');
  const conversationId = await sender.talkTo(readers);
  const send = () => sender.send(conversationId, text);
  const sendAndRead = async () => {
    const { seq } = await send();
    for (const reader of readers) reader.tell('receipts', { receipts: [{ conversationId, status: 'read', seq }] });
  };
  // Telling them waits for a second, so they are measured when all has come to rest.
  const costOf = async (run: () => Promise<unknown>, frames: number) => {
    await alone(run);
    await settled(stack);
    const before = await stack.usage();
    for (let i = 0; i < 8; i++) await alone(run);
    await settled(stack);
    const after = await stack.usage();
    return dollarsOf((key) => (after[key] - before[key]) / 8, frames);
  };
  const message = await costOf(send, 2);
  const withReceipts = await costOf(sendAndRead, 2 + readers.length);
  const group = `A message that all read, room of ${readers.length + 1}`;
  return { group, name: 'cost, as a multiple of the message', value: withReceipts / message, unit: '', budget: 2 };
}

function cpuRow(group: string, { functionCpuMs: value }: Usage): Row {
  return { group, name: 'CPU of the functions', value, unit: 'ms' };
}

export function usageRows(group: string, usage: Usage, budgets: Budgets = {}): Row[] {
  const row = (name: string, key: keyof Usage, unit: string): Row => ({
    group,
    name,
    value: usage[key],
    unit,
    budget: budgets[key],
  });
  return [
    row('DynamoDB calls', 'calls', ''),
    row('read units', 'readUnits', ''),
    row('write units', 'writeUnits', ''),
    row('invocations', 'invocations', ''),
    row('management calls', 'managementCalls', ''),
    row('CPU of the functions', 'functionCpuMs', 'ms'),
    row('log, metrics included', 'logBytes', 'bytes'),
  ];
}

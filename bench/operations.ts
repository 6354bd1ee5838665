import { setTimeout as sleep } from 'node:timers/promises';
import { Sync } from '#protocol/events.ts';
import { History } from '#protocol/messages.ts';
import { type Person, register } from './person.ts';
import type { Row } from './rows.ts';
import type { BenchStack, Usage } from './stack.ts';

const runs = 20;
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
    await measure(`Send to ${members} members`, budgets, () => me.send(conversationId, text));
  }

  let read = 0;
  await measure('Mark read, and a second’s share of telling it', { writeUnits: 1 }, () =>
    friend.ask('receipt', { conversationId: direct, seq: ++read, status: 'read' }),
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

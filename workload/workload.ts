import { setTimeout as sleep } from 'node:timers/promises';
import { operations, type Situation } from './operations.ts';
import { Person, type Target } from './person.ts';
import { Random } from './random.ts';
import type { Recorder } from './recorder.ts';

export interface WorkloadOptions {
  readonly target: Target;
  readonly recorder: Recorder;
  /** The same seed asks for the same operations at the same times. What they meet there differs. */
  readonly seed: number;
  readonly users: number;
  /** How many members each group has. More than `users` are as many as those. */
  readonly groups: readonly number[];
  /** Operations per second, which begin whether or not earlier ones have ended. */
  readonly perSecond: number;
  readonly seconds: number;
  /** Ends it before. */
  readonly ending?: AbortSignal;
  /** The operations that come, by name. By default all. */
  readonly only?: readonly (keyof typeof operations)[];
}

/** How long everything has to settle at the end. Then it is read as it is. */
const settleMs = 30_000;

/**
 * Lets people do everything at once, for a while. Then it waits until everything has arrived, says so in the history, and has
 * everybody read every conversation to its beginning.
 */
export async function runWorkload(options: WorkloadOptions): Promise<void> {
  const { target, recorder, seed, users, groups, perSecond, seconds } = options;
  const random = new Random(seed);
  const people: Person[] = [];
  for (let index = 0; index < users; index++) people.push(await Person.register(recorder, target, `user-${index}`));
  await until(() => people.every(({ chat }) => chat.connection === 'online' && chat.conversations.loaded));
  await makeConversations(people, groups);

  const { only = Object.keys(operations) as (keyof typeof operations)[] } = options;
  const possible = only.map((name) => operations[name]);
  const running = new Set<Promise<unknown>>();
  const begin = performance.now();
  for (let index = 0; index < perSecond * seconds && !options.ending?.aborted; index++) {
    await sleep(Math.max(0, begin + (index * 1000) / perSecond - performance.now()));
    const situation = choose(random, people);
    const operation = random.weighted(possible);
    if (!situation || !operation) continue;
    const run = operation.run(situation).finally(() => running.delete(run));
    running.add(run);
  }
  // What is asked of a client that was closed meanwhile never ends.
  await Promise.race([Promise.all(running), sleep(settleMs)]);
  await settle(people);
  recorder.quiet();
  for (const person of people) {
    for (const { id } of person.chat.conversations.all) await readAll(person, id);
    await person.api.sync({});
  }
  for (const person of people) await person.close();
}

async function makeConversations(people: readonly Person[], groups: readonly number[]): Promise<void> {
  for (const [index, person] of people.entries()) {
    const other = people[(index + 1) % people.length];
    if (other && other !== person) await person.api.createConversation({ type: 'direct', memberIds: [other.id] });
  }
  for (const [index, size] of groups.entries()) {
    const owner = people[index % people.length];
    const others = people.filter((person) => person !== owner).slice(0, size - 1);
    const memberIds = others.map(({ id }) => id);
    await owner?.api.createConversation({ type: 'group', name: `Group of ${size}`, memberIds });
  }
  await Promise.all(people.map(({ chat }) => chat.conversations.catchUp()));
}

function choose(random: Random, people: readonly Person[]): Situation | undefined {
  const person = random.pick(people);
  const conversation = person && random.pick(person.chat.conversations.all);
  return person && conversation && { person, conversation, people, random };
}

/** Waits until nothing is unsent and every client has what the server has. A client that never gets there is a finding. */
async function settle(people: readonly Person[]): Promise<void> {
  await until(() => people.every(({ chat }) => chat.connection === 'online' && isSent(chat.outbox.entries)));
  const hasAll = async ({ chat, api }: Person) => {
    await chat.conversations.catchUp();
    const synced = await api.sync({});
    if ('error' in synced || synced.ok.more) return false;
    return synced.ok.added.every(({ id, lastSeq }) => chat.conversations.get(id)?.lastSeq === lastSeq);
  };
  await until(async () => (await Promise.all(people.map(hasAll))).every(Boolean));
}

function isSent(entries: readonly { readonly failure?: unknown }[]): boolean {
  return entries.every(({ failure }) => failure !== undefined);
}

/** Reads a conversation from the newest page to the first one, unless its reader is no member any more. */
async function readAll({ api }: Person, id: string): Promise<void> {
  let before: number | undefined;
  for (let more = true; more; ) {
    const page = await api.history(id, { limit: 100, ...(before !== undefined && { before }) });
    if ('ok' in page) {
      before = page.ok.messages[0]?.seq;
      more = page.ok.hasMore && before !== undefined;
    } else if (page.error.temporary) await sleep(page.error.retryAfterMs ?? 200);
    else return;
  }
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + settleMs;
  while (!(await isSo()) && performance.now() < deadline) await sleep(50);
}

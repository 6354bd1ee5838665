import * as path from 'node:path';
import { findTarget } from '#loadtest/target.ts';
import { type Host, startHost } from './host.ts';
import { type Conversations, type Members, membersOf, type Population } from './load.ts';
import type { Timeline } from './timeline.ts';

/** The people of the day, in up to three processes: those who write, and those who only read, with either kind of client. */
export interface Stage {
  readonly hosts: readonly Host[];
  readonly writers: Host;
  readonly conversations: Conversations;
  readonly members: Members;
}

/** Registers everybody and creates the conversations. Nobody is connected yet. */
export async function prepare(url: string, folder: string, timeline: Timeline, population: Population): Promise<Stage> {
  const members = membersOf(population);
  const { httpUrl, wsUrl } = await findTarget(url);
  const host = (name: string) =>
    startHost({ name, httpUrl, wsUrl, historyFile: path.join(folder, `${name}.jsonl`), onSecond: timeline.add });
  const writers = host('writers');
  const readers = host('readers');
  const light = population.light > 0 ? [host('light')] : [];
  const [writerIds, readerIds, ...lightIds] = await Promise.all([
    writers.ask('register', { people: population.writers, light: false }),
    readers.ask('register', { people: population.readers, light: false }),
    ...light.map((one) => one.ask('register', { people: population.light, light: true })),
  ]);
  const create = ([owner = 0, ...others]: readonly number[], more: readonly string[] = []) =>
    writers.ask('create', { owner, memberIds: [...others.map((i) => writerIds[i] ?? ''), ...more] });
  const conversations = {
    directs: await Promise.all(Array.from({ length: population.writers / 2 }, (_, i) => create(members.direct(i)))),
    groups: await Promise.all(Array.from({ length: population.writers / 8 }, (_, i) => create(members.group(i)))),
    fifty: await create(members.all, readerIds.slice(0, 50 - population.writers)),
    room: await create(members.all, [...readerIds, ...lightIds.flat()]),
  };
  return { hosts: [writers, readers, ...light], writers, conversations, members };
}

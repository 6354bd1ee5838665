import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Api, Auth, Chat, type Result } from '#client/index.ts';
import { memoryStore } from '#client/outbox.ts';
import { type Random, randomFrom } from '#local/faults/random.ts';
import { findTarget, must, until } from '#test/smoke/person.ts';
import type { RecordedDevice, Recorder } from '#workload/recorder.ts';

interface Person {
  readonly id: string;
  readonly api: Api;
  readonly chat: Chat;
}

/** A message, with the times of this process (`performance.now()`) at which something became of it. */
export interface Sent {
  /** When it should have been sent. Latency counts from here, whatever kept it from being sent then. */
  readonly due: number;
  /** How many others are to get it. */
  readonly recipients: number;
  acknowledged?: number;
  readonly delivered: number[];
}

/** A history that was read, or a file that was uploaded, in the same times. */
export interface Call {
  readonly what: 'read' | 'upload';
  readonly at: number;
  readonly ms: number;
  readonly failed: boolean;
}

export interface Load {
  readonly seed: number;
  readonly people: number;
  readonly messagesPerSecond: number;
  /** Whether people upload files, too. */
  readonly uploads: boolean;
  /** How many more accounts are members of the last room. They never connect, but make it so large that the stream delivers. */
  readonly absent: number;
}

const recording = new Blob([fs.readFileSync('test/fixtures/media/voice.ogg')], { type: 'audio/ogg' });

/** How many people each room has, and how often somebody writes there. The last one has everybody. */
const rooms = [
  { size: 2, weight: 2 },
  { size: 2, weight: 2 },
  { size: 4, weight: 3 },
  { size: 5, weight: 3 },
  { size: Number.POSITIVE_INFINITY, weight: 2 },
] as const;

/**
 * People with the client SDK who talk at a steady rate, whatever the server does (an open loop). They also edit, react and read
 * histories. All of it is recorded for the checker.
 */
export class Crowd {
  readonly sent: Sent[] = [];
  readonly calls: Call[] = [];
  readonly #load: Load;
  readonly #random: Random;
  readonly #people: readonly Person[];
  readonly #rooms: readonly { readonly id: string; readonly members: readonly Person[]; readonly weight: number }[];
  /** Those that haven't arrived everywhere, by the ids that their senders gave them. */
  readonly #waiting = new Map<string, Sent>();
  #running: Promise<void> | undefined;
  #isOver = false;

  private constructor(load: Load, people: readonly Person[], ids: readonly string[]) {
    this.#load = load;
    this.#random = randomFrom(`crowd ${load.seed}`);
    this.#people = people;
    this.#rooms = rooms.map(({ weight }, i) => ({ id: ids[i] ?? '', members: membersOf(people, i), weight }));
    for (const person of people)
      person.chat.on('message', ({ message }) => {
        const sent = this.#waiting.get(message.clientId);
        if (!sent) return;
        if (message.senderId === person.id) sent.acknowledged ??= performance.now();
        else sent.delivered.push(performance.now());
        if (sent.acknowledged !== undefined && sent.delivered.length === sent.recipients)
          this.#waiting.delete(message.clientId);
      });
  }

  /** Registers people who are there and know each other. */
  static async gather(url: string, load: Load, recorder: Recorder): Promise<Crowd> {
    const target = await findTarget(url);
    const people: Person[] = [];
    for (let i = 0; i < load.people; i++) people.push(await join(target, recorder.device(`p${i}`)));
    const absent: string[] = [];
    for (let i = 0; i < load.absent; i++) absent.push(await register(new Auth({ httpUrl: target.httpUrl })));
    const ids: string[] = [];
    for (const [i] of rooms.entries()) {
      const [first, ...others] = membersOf(people, i);
      const memberIds = [...others.map(({ id }) => id), ...(i === rooms.length - 1 ? absent : [])];
      const kind = memberIds.length === 1 ? { type: 'direct' as const } : { type: 'group' as const, name: `Room ${i}` };
      const created = await first?.chat.createConversation({ ...kind, memberIds });
      if (created) ids.push(must('a room', created).id);
    }
    await until('everybody knows their rooms', () =>
      ids.every((id, i) => membersOf(people, i).every(({ chat }) => chat.conversations.get(id))),
    );
    return new Crowd(load, people, ids);
  }

  /** Begins to talk. */
  start(): void {
    this.#running = this.#talk();
  }

  /** How many messages aren't acknowledged, or not delivered to everybody, yet. */
  get underWay(): number {
    return this.#waiting.size;
  }

  /** Stops talking, and waits until everything has arrived. Returns whether it has within this time. */
  async finish(patienceMs: number): Promise<boolean> {
    this.#isOver = true;
    await this.#running;
    const deadline = performance.now() + patienceMs;
    const isBusy = () => this.underWay > 0 || this.#people.some(({ chat }) => chat.outbox.entries.length > 0);
    while (isBusy() && performance.now() < deadline) await sleep(50);
    return !isBusy();
  }

  /** Everybody reads all of their rooms to the beginning. */
  async readAll(): Promise<void> {
    for (const { id, members } of this.#rooms)
      for (const { api } of members)
        for (let before: number | undefined, isMore = true; isMore; ) {
          const page = must(
            'a history',
            await patiently(() => api.history(id, before === undefined ? {} : { before })),
          );
          before = page.messages[0]?.seq;
          isMore = page.hasMore && before !== undefined;
        }
  }

  leave(): void {
    for (const { chat } of this.#people) chat.close();
  }

  async #talk(): Promise<void> {
    const start = performance.now();
    const gap = 1_000 / this.#load.messagesPerSecond;
    for (let i = 0; !this.#isOver; i++) {
      const due = start + i * gap;
      await sleep(Math.max(0, due - performance.now()));
      this.#send(due, `message ${i} of ${this.#load.seed}`);
      if (i % 5 === 0) void this.#call('read', (person, room) => person.api.history(room));
      if (i % 10 === 0 && this.#load.uploads)
        void this.#call('upload', (person, room) => person.chat.media.upload(room, recording));
      if (i % 8 === 0) void this.#revise();
    }
  }

  #send(due: number, text: string): void {
    const { id, members } = this.#room();
    const sent: Sent = { due, recipients: members.length - 1, delivered: [] };
    this.sent.push(sent);
    const { chat } = this.#one(members) ?? {};
    void chat?.send(id, text);
    const outgoing = chat?.outbox.entries.find((entry) => entry.text === text);
    if (outgoing) this.#waiting.set(outgoing.id, sent);
  }

  async #call(what: Call['what'], ask: (person: Person, room: string) => Promise<Result<unknown>>): Promise<void> {
    const { id, members } = this.#room();
    const person = this.#one(members);
    if (!person) return;
    const at = performance.now();
    const result = await ask(person, id);
    this.calls.push({ what, at, ms: performance.now() - at, failed: 'error' in result });
  }

  /** Somebody reacts to a message, or changes one of theirs. */
  async #revise(): Promise<void> {
    const { id, members } = this.#room();
    const person = this.#one(members);
    const message = this.#one(person?.chat.conversations.get(id)?.messages ?? []);
    if (!person || !message || message.deletedAt !== undefined) return;
    if (message.senderId !== person.id) await person.chat.react(id, message.seq, '👍');
    else await person.chat.edit(id, message.seq, `edited ${this.#random()}`);
  }

  #room() {
    let at = this.#random() * this.#rooms.reduce((sum, { weight }) => sum + weight, 0);
    const found = this.#rooms.find(({ weight }) => {
      at -= weight;
      return at < 0;
    });
    if (!found) throw new Error('There are no rooms');
    return found;
  }

  #one<T>(list: readonly T[]): T | undefined {
    return list[Math.floor(this.#random() * list.length)];
  }
}

/** Asks up to five times: on a machine that still works off what has waited, an answer may take longer than a client waits. */
async function patiently<T>(ask: () => Promise<Result<T>>): Promise<Result<T>> {
  for (let tries = 1; ; tries++) {
    const result = await ask();
    if ('ok' in result || tries === 5) return result;
  }
}

/** The people of a room: with each room they begin one place further. */
function membersOf(people: readonly Person[], room: number): Person[] {
  return [...people.slice(room), ...people.slice(0, room)].slice(0, rooms[room]?.size);
}

/** Registers somebody, and returns their id. */
async function register(auth: Auth): Promise<string> {
  const username = `drill-${crypto.randomUUID().slice(0, 13)}`;
  const account = { username, email: `${username}@example.com`, password: crypto.randomUUID() };
  must('an account', await auth.register(account));
  if (!auth.user) throw new Error('Nobody is signed in');
  return auth.user.id;
}

async function join(target: Awaited<ReturnType<typeof findTarget>>, device: RecordedDevice): Promise<Person> {
  const auth = new Auth({ httpUrl: target.httpUrl, platform: device.platform });
  await register(auth);
  const chat = new Chat({ auth, wsUrl: target.wsUrl, store: memoryStore() });
  device.watch(chat);
  await chat.open();
  await until('a socket is open', () => chat.connection === 'online' && chat.conversations.loaded);
  return { id: device.user, api: chat.api, chat };
}

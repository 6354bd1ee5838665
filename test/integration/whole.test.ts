import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type * as z from 'zod/mini';
import { Auth, Chat, type OutboxStore } from '../../client/index.ts';
import { memoryStore } from '../../client/outbox.ts';
import { limits } from '../../protocol/limits.ts';
import { Message } from '../../protocol/messages.ts';
import { Receipt } from '../../protocol/receipts.ts';
import { type Api, type Person, startApi } from '../helpers/api.ts';
import { LossyPlatform } from '../helpers/lossy-platform.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

/** Of the room with everybody on the head, with an item for each member, and with delivery from the stream. */
const rooms = { small: 0, large: 8, 'very large': 100 };

const kinds = [
  ...['send', 'send', 'send', 'reply', 'edit', 'edit', 'delete', 'react', 'react', 'react', 'unreact', 'read', 'read'],
  ...['typing', 'load', 'search', 'cut', 'reload', 'crash', 'crash', 'add', 'remove', 'leave', 'role', 'rename'],
  ...['history', 'block', 'unblock', 'erase'],
] as const;

const action = fc.record({
  kind: fc.constantFrom(...kinds),
  device: fc.nat(5),
  pick: fc.nat(),
  /** Before the next one, in ms; nobody waits for what an action brings about. */
  pause: fc.nat(30),
});
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

const scenario = fc.record({
  actions: fc.array(action, { minLength: 30, maxLength: 60 }),
  /** Whether the history is opened and closed; else nobody may see what came before. */
  opens: fc.boolean(),
  isPrivate: fc.boolean(),
  chances: fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

/** A person's client, which may be reloaded: all but its outbox is new then. */
class Device {
  readonly person: Person;
  readonly platform: LossyPlatform;
  readonly #auth: Auth;
  readonly #store: OutboxStore = memoryStore();
  chat: Chat;

  static async signIn(person: Person, chance: () => number): Promise<Device> {
    const platform = new LossyPlatform(api, chance);
    const auth = new Auth({ httpUrl: 'http://server', platform });
    const result = await auth.login({ login: person.username, password: 'a long enough secret' });
    if ('error' in result) throw new Error(result.error.code);
    return new Device(person, platform, auth);
  }

  private constructor(person: Person, platform: LossyPlatform, auth: Auth) {
    this.person = person;
    this.platform = platform;
    this.#auth = auth;
    this.chat = this.#open();
  }

  reload(): void {
    this.chat.close();
    if (this.#auth.user) this.chat = this.#open();
  }

  #open(): Chat {
    const chat = new Chat({ auth: this.#auth, wsUrl: 'ws://server', store: this.#store });
    void chat.open();
    return chat;
  }
}

class Run {
  readonly room: string;
  readonly people: readonly [Person, Person, Person, Person];
  readonly devices: Device[] = [];
  readonly opens: boolean;
  readonly #chance: () => number;
  readonly isPrivate: boolean;
  /** Who was erased. */
  erased: Person | undefined;
  #erasing: Promise<void> | undefined;
  #texts = 0;

  private constructor(room: string, people: Run['people'], { opens, isPrivate, chances }: Scenario) {
    this.room = room;
    this.people = people;
    this.opens = opens;
    this.isPrivate = isPrivate;
    this.#chance = () => chances.next().value ?? 0;
  }

  static async begin(crowdSize: number, input: Scenario): Promise<Run> {
    const people = [
      await api.register('ann'),
      await api.register('ben'),
      await api.register('cara'),
      await api.register('dora'),
    ] as const;
    const [ann, ben, cara, dora] = people;
    const memberIds = [ben.id, cara.id, ...(await api.crowd(crowdSize))];
    const made = await ann.call('POST /conversations', { body: { type: 'group', name: 'room', memberIds } });
    await cara.call('PATCH /users/me/settings', { body: { privateRead: input.isPrivate } });
    const run = new Run(made.body.id, [...people], input);
    for (const person of [ann, ann, ben, ben, cara, dora]) await run.addDevice(person);
    return run;
  }

  /** Whose read pointers the others are told. */
  get told(): readonly Person[] {
    const [ann, ben, cara, dora] = this.people;
    return this.isPrivate ? [ann, ben, dora] : [ann, ben, cara, dora];
  }

  async addDevice(person: Person): Promise<Device> {
    const device = await Device.signIn(person, this.#chance);
    this.devices.push(device);
    return device;
  }

  /** Does something as a person would, who sees what their device shows them. */
  perform(action: Action): void {
    const done = async () => this.#act(action);
    // What is refused, or was lost, is no fault here: what comes of it is compared in the end.
    void done().catch(() => undefined);
  }

  #act({ kind, device: index, pick }: Action): unknown {
    const device = this.devices[index];
    const [ann, ben, cara, dora] = this.people;
    if (!device) return undefined;
    const { chat, platform } = device;
    const { room } = this;
    const messages = chat.conversations.get(room)?.messages ?? [];
    const message = messages[pick % Math.max(1, messages.length)];
    const owner = this.devices[0]?.chat.api ?? chat.api;
    const late = pick % 2 ? cara : dora;
    const emoji = pick % 3 ? '👍' : '🎉';
    switch (kind) {
      case 'send':
        return chat.send(room, this.#text());
      case 'reply':
        return chat.send(room, this.#text(), message && { replyTo: message.seq });
      case 'edit': {
        const own = messages.filter(({ senderId }) => senderId === device.person.id);
        const mine = own[pick % Math.max(1, own.length)];
        return mine && chat.edit(room, mine.seq, this.#text());
      }
      case 'delete':
        return message && chat.delete(room, message.seq);
      case 'react':
      case 'unreact':
        return message && chat.react(room, message.seq, emoji, kind === 'unreact');
      case 'read':
        return chat.markRead(room);
      case 'typing':
        return chat.typing(room, pick % 3 > 0);
      case 'load':
        return chat.conversations.loadHistory(room);
      case 'search':
        return chat.api.search('text');
      case 'cut':
        return platform.cut();
      case 'reload':
        return device.reload();
      case 'crash':
        api.crashes[pick % 3 ? 'message' : pick % 2 ? 'commands' : 'fanout'] = 1;
        return undefined;
      case 'add':
        return owner.addMembers(room, [late.id]);
      case 'remove':
        return owner.removeMember(room, late.id);
      case 'leave':
        return device.person === late && chat.api.removeMember(room, device.person.id);
      case 'role':
        return owner.setRole(room, ben.id, pick % 2 ? 'admin' : 'member');
      case 'rename':
        return owner.updateConversation(room, { name: `name ${pick}` });
      case 'history':
        return this.opens && owner.updateConversation(room, { history: pick % 2 ? 'all' : 'joined' });
      case 'block':
        return owner.block(ben.id);
      case 'unblock':
        return owner.unblock(ben.id);
      case 'erase':
        return !this.erased && pick % 4 === 0 && this.#beginErasing(dora);
      default:
        throw new Error(`${ann.username} can't ${kind satisfies never}`);
    }
  }

  /** Nothing is lost any more, and everyone is back: what was under way comes to its end. */
  async calm(): Promise<void> {
    Object.assign(api.crashes, { fanout: 0, message: 0, commands: 0 });
    for (const { platform } of this.devices) {
      platform.calm = true;
      platform.cut();
    }
    await this.#erasing;
    const alive = this.devices.filter(({ person }) => person !== this.erased);
    for (const { chat } of alive) {
      await expect.poll(() => chat.connection, wait).toBe('online');
      await expect.poll(() => chat.outbox.entries.filter(({ failure }) => !failure), wait).toEqual([]);
    }
    // Of a number that was never used people learn with the next one.
    await this.devices[0]?.chat.send(this.room, this.#text());
  }

  #beginErasing(person: Person): void {
    this.erased = person;
    this.#erasing = this.#erase(person);
  }

  async #erase(person: Person): Promise<void> {
    await person.call('DELETE /users/me');
    await api.erase({ userId: person.id });
  }

  #text(): string {
    return `text ${++this.#texts}!`;
  }
}

/** Some, for each size of room, take 20 s; `RUNS` and `SEED` are for more of them, and for having those again that failed. */
const numRuns = Number(process.env['RUNS'] ?? 2);
const seed = process.env['SEED'];

const wait = { timeout: 40_000, interval: 50 };

/**
 * All that a client shows of the room, with its whole history and the receipts of those who let them be known; clients also take a
 * message for one, so of others they know by chance.
 */
async function seenBy({ chat }: Device, { room, told }: Run) {
  const hide = chat.show(room);
  while (chat.conversations.get(room)?.hasOlder) {
    const loaded = await chat.conversations.loadHistory(room);
    if ('error' in loaded) break;
    // A page that is on its way already is not waited for.
    await sleep(1);
  }
  hide();
  const state = chat.conversations.get(room);
  if (!state) return undefined;
  // By the time that these are told of nothing else, they say how fast it came.
  const { describedSeq: _, typing: __, receipts, ...seen } = state;
  const known = state.memberCount > limits.receiptMembers ? [] : told;
  return { ...seen, receipts: Object.fromEntries(known.map(({ id }) => [id, receipts[id]])) };
}

/** Both show the same, once all is told that is under way. */
async function agree(device: Device, fresh: Device, run: Run): Promise<void> {
  for (const end = Date.now() + 10_000; Date.now() < end; await sleep(100)) {
    if (isDeepStrictEqual(await seenBy(device, run), await seenBy(fresh, run))) return;
  }
  expect(await seenBy(device, run)).toEqual(await seenBy(fresh, run));
}

/** The messages of others after the read pointer, counted one by one. */
async function recount({ id, call }: Person, room: string) {
  const { readSeq, unread } = (await call('GET /conversations/{id}', { params: { id: room } })).body;
  let counted = 0;
  for (let after = readSeq, more = true; more; ) {
    const query = { after: String(after) };
    const page = (await call('GET /conversations/{id}/messages', { params: { id: room }, query })).body;
    counted += page.messages.filter(({ senderId }: Message) => senderId !== id).length;
    after = page.messages.at(-1)?.seq;
    more = page.hasMore;
  }
  return { unread, counted };
}

/** When someone was in the room: from behind the first number until before the second. */
type Stay = [from: number, until: number];

/** Who was in the room when, as its owner was told. */
async function staysIn({ room, people }: Run): Promise<Map<string, Stay[]>> {
  const [ann, ben, cara] = people;
  const stays = new Map<string, Stay[]>([ann, ben, cara].map(({ id }) => [id, [[0, Number.POSITIVE_INFINITY]]]));
  for (let cursor = 0, more = true; more; ) {
    const { body } = await ann.call('POST /sync', { body: { cursors: { [room]: cursor } } });
    const [synced] = body.conversations;
    expect(synced.resync, 'too much happened for one sync').toBeUndefined();
    for (const { type, change, userId, seq } of synced.events) {
      const theirs = stays.get(userId) ?? [];
      const last = theirs.at(-1);
      if (type === 'member' && change === 'added') stays.set(userId, [...theirs, [seq, Number.POSITIVE_INFINITY]]);
      if (type === 'member' && ['left', 'removed'].includes(change) && last) last[1] = Math.min(last[1], seq);
    }
    cursor = synced.events.at(-1)?.seq ?? cursor;
    more = synced.more;
  }
  return stays;
}

/** Everything of one kind that is somewhere in what the server told. */
function allIn<T>(schema: z.ZodMiniType<T>, told: unknown): T[] {
  if (typeof told !== 'object' || told === null) return [];
  const { success, data } = schema.safeParse(told);
  return [...(success ? [data] : []), ...Object.values(told).flatMap((part) => allIn(schema, part))];
}

/** Who was told the text of a message was there when it was written, and had joined before where the history is closed. */
async function checkSecrecy(run: Run): Promise<void> {
  const stays = await staysIn(run);
  for (const { person, platform } of run.devices) {
    for (const frame of new Set(platform.told)) {
      const told: unknown = JSON.parse(frame);
      for (const { userId, read } of allIn(Receipt, told))
        if (userId !== person.id && read > 0 && !run.told.some(({ id }) => id === userId))
          expect.fail(`${person.username} was told ${frame}`);
      for (const { seq, updatedSeq = seq, text } of allIn(Message, told)) {
        const saw = (stays.get(person.id) ?? []).some(
          ([from, until]) => (run.opens || from < seq) && updatedSeq < until,
        );
        if (text !== '' && !saw) expect.fail(`${person.username}, there at ${stays.get(person.id)}, was told ${frame}`);
      }
    }
  }
}

test.each(Object.entries(rooms))(
  'in a %s room, whatever is done at once, lost, repeated and cut off, all end in what a fresh fetch gives',
  async (_, crowdSize) => {
    await fc.assert(
      fc.asyncProperty(scenario, async (input) => {
        const run = await Run.begin(crowdSize, input);
        for (const action of input.actions) {
          run.perform(action);
          await sleep(action.pause);
        }
        await run.calm();
        const { room, erased } = run;
        const known = run.devices.filter(({ person }) => person !== erased);
        for (const person of run.people) {
          if (person === erased) continue;
          const fresh = await run.addDevice(person);
          fresh.platform.calm = true;
          await expect.poll(() => fresh.chat.connection, wait).toBe('online');
          for (const device of known.filter((one) => one.person === person)) await agree(device, fresh, run);
          if (!fresh.chat.conversations.get(room)) continue;
          const { unread, counted } = await recount(person, room);
          expect(unread).toBe(counted);
          expect(fresh.chat.conversations.get(room)?.unread).toBe(counted);
        }
        await checkSecrecy(run);
        for (const { chat } of run.devices) chat.close();
      }),
      { numRuns, endOnFailure: true, ...(seed && { seed: Number(seed) }) },
    );
  },
  3_600_000,
);

import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect } from 'vitest';
import { Auth, Chat, type OutboxStore } from '../../client/index.ts';
import { memoryStore } from '../../client/outbox.ts';
import type { Api, Person } from './api.ts';
import { LossyPlatform } from './lossy-platform.ts';

const kinds = [
  ...['send', 'send', 'send', 'reply', 'edit', 'edit', 'delete', 'react', 'react', 'react', 'unreact', 'read', 'read'],
  ...['typing', 'load', 'search', 'cut', 'reload', 'crash', 'crash', 'add', 'add', 'add', 'remove', 'leave'],
  ...['role', 'rename', 'history', 'block', 'unblock', 'erase'],
] as const;

const action = fc.record({
  kind: fc.constantFrom(...kinds),
  device: fc.nat(5),
  pick: fc.nat(),
  /** Before the next one, in ms; nobody waits for what an action brings about. */
  pause: fc.nat(30),
});
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

/** Several people at work at once, on a network that fails as the chances have it. */
export const scenario = fc.record({
  actions: fc.array(action, { minLength: 30, maxLength: 60 }),
  /** Whether the history is opened and closed; else nobody may see what came before. */
  opens: fc.nat(3).map((one) => one === 0),
  isPrivate: fc.boolean(),
  chances: fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

/** A person's client, which may be reloaded: all but its outbox is new then. */
export class LossyDevice {
  readonly person: Person;
  readonly platform: LossyPlatform;
  readonly #auth: Auth;
  readonly #store: OutboxStore = memoryStore();
  chat: Chat;

  static async signIn(api: Api, person: Person, chance: () => number): Promise<LossyDevice> {
    const platform = new LossyPlatform(api, chance);
    const auth = new Auth({ httpUrl: 'http://server', platform });
    const result = await auth.login({ login: person.username, password: 'a long enough secret' });
    if ('error' in result) throw new Error(result.error.code);
    return new LossyDevice(person, platform, auth);
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

/** A scenario in a room: Ann, its owner, and Ben with two devices each, Cara, and Dora, who is still to come. */
export class Run {
  readonly #api: Api;
  readonly room: string;
  readonly people: readonly [Person, Person, Person, Person];
  readonly devices: LossyDevice[] = [];
  readonly opens: boolean;
  readonly #chance: () => number;
  readonly isPrivate: boolean;
  /** Who was erased. */
  erased: Person | undefined;
  #erasing: Promise<void> | undefined;
  #texts = 0;

  private constructor(api: Api, room: string, people: Run['people'], { opens, isPrivate, chances }: Scenario) {
    this.#api = api;
    this.room = room;
    this.people = people;
    this.opens = opens;
    this.isPrivate = isPrivate;
    this.#chance = () => chances.next().value ?? 0;
  }

  static async begin(api: Api, crowdSize: number, input: Scenario): Promise<Run> {
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
    const run = new Run(api, made.body.id, [...people], input);
    for (const person of [ann, ann, ben, ben, cara, dora]) await run.addDevice(person);
    return run;
  }

  /** Whose read pointers the others are told. */
  get told(): readonly Person[] {
    const [ann, ben, cara, dora] = this.people;
    return this.isPrivate ? [ann, ben, dora] : [ann, ben, cara, dora];
  }

  async addDevice(person: Person): Promise<LossyDevice> {
    const device = await LossyDevice.signIn(this.#api, person, this.#chance);
    this.devices.push(device);
    return device;
  }

  async play(actions: readonly Action[]): Promise<void> {
    for (const action of actions) {
      // What is refused, or was lost, is no fault here: what comes of it is compared in the end.
      void this.#perform(action).catch(() => undefined);
      await sleep(action.pause);
    }
  }

  /** Does something as a person would, who sees what their device shows them. */
  async #perform({ kind, device: index, pick }: Action): Promise<unknown> {
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
        this.#api.crashes[pick % 3 ? 'message' : pick % 2 ? 'commands' : 'fanout'] = 1;
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
    Object.assign(this.#api.crashes, { fanout: 0, message: 0, commands: 0 });
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
    await this.#api.erase({ userId: person.id });
  }

  #text(): string {
    return `text ${++this.#texts}!`;
  }
}

export const wait = { timeout: 40_000, interval: 50 };

import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { graceMs } from '#core/people/presence.ts';
import type { Role } from '#protocol/conversations.ts';
import type { Attachment } from '#protocol/media.ts';
import type { Api, Person } from './api.ts';
import type { MovableClock } from './clock.ts';
import { LossyDevice } from './lossy-device.ts';
import type { Action, Scenario } from './scenario.ts';

/** A scenario in a conversation: its owner Ann and Ben with two devices each, Cara, and Dora, who joins later. */
export class Run {
  readonly #api: Api;
  readonly #clock: MovableClock;
  readonly #scenario: Scenario;
  readonly #chance: () => number;
  readonly room: string;
  readonly people: readonly [Person, Person, Person, Person];
  readonly devices: LossyDevice[] = [];
  /** The users whose accounts are erased. */
  erased: Person | undefined;
  #erasing: Promise<void> | undefined;
  #texts = 0;
  readonly #underWay = new Set<Promise<unknown>>();
  #over = false;
  #presenceTold: Promise<void> = Promise.resolve();

  private constructor(api: Api, clock: MovableClock, room: string, people: Run['people'], input: Scenario) {
    this.#api = api;
    this.#clock = clock;
    this.#scenario = input;
    this.#chance = () => input.chances.next().value ?? 0;
    this.room = room;
    this.people = people;
  }

  static async begin(api: Api, clock: MovableClock, crowdSize: number, input: Scenario): Promise<Run> {
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
    const run = new Run(api, clock, made.body.id, [...people], input);
    for (const person of [ann, ann, ben, ben, cara, dora]) await run.addDevice(person);
    run.#presenceTold = run.#tellPresenceChanges();
    return run;
  }

  get opens(): boolean {
    return this.#scenario.opens;
  }

  /** The users who aren't erased. */
  get present(): readonly Person[] {
    return this.people.filter((person) => person !== this.erased);
  }

  /** The devices of the users who aren't erased. */
  get known(): readonly LossyDevice[] {
    return this.devices.filter(({ person }) => person !== this.erased);
  }

  /** The users who always hide what they read. */
  get hiding(): readonly Person[] {
    return this.#scenario.isPrivate ? [this.people[2]] : [];
  }
  /** The users who never hide from somebody what they read. Of Ann and Ben it is hidden from each other while Ann blocks him. */
  toldTo(person: Person): readonly Person[] {
    const [ann, ben, cara, dora] = this.people;
    const open = this.#scenario.isPrivate ? [ann, dora] : [ann, ben, cara, dora];
    const blocks = this.#scenario.actions.some(({ kind }) => kind === 'block');
    const apart = blocks && (person === ann || person === ben) ? [ann, ben] : [];
    return open.filter((other) => other === person || !apart.includes(other));
  }

  async addDevice(person: Person): Promise<LossyDevice> {
    const device = await LossyDevice.signIn(this.#api, person, this.#chance);
    this.devices.push(device);
    return device;
  }

  async play(actions: readonly Action[] = this.#scenario.actions): Promise<void> {
    for (const action of actions) {
      // A refused or lost action isn't a fault here. Its effect is compared at the end.
      const done = this.#perform(action)
        .catch(() => undefined)
        .finally(() => this.#underWay.delete(done));
      this.#underWay.add(done);
      await sleep(action.pause);
    }
  }

  /** Stops all faults and reconnects everyone, so that all actions end. */
  async calm(): Promise<void> {
    Object.assign(this.#api.crashes, { fanout: 0, message: 0, commands: 0, pacedFanout: 0 });
    for (const { platform } of this.devices) platform.calm = true;
    await this.#erasing;
    await this.rest();
    for (const { platform } of this.devices) platform.cut();
    for (const { chat } of this.known) {
      await expect.poll(() => chat.connection, wait).toBe('online');
      await expect.poll(() => chat.outbox.entries.filter(({ failure }) => !failure), wait).toEqual([]);
    }
    // Clients find a number that was never used by the next change.
    await this.devices[0]?.write(this.room, this.#text());
  }

  /** Waits until all actions are done. */
  async rest(): Promise<void> {
    await expect.poll(() => this.#underWay.size, wait).toBe(0);
  }

  /** More actions on a network without faults. Everyone who is online gets their effects live. */
  async finale(): Promise<void> {
    const others = this.people.map(({ id }) => id);
    for (const { chat, person } of this.known) {
      chat.show(this.room);
      chat.presence.subscribe(others.filter((id) => id !== person.id));
    }
    await this.play(this.#scenario.finale);
    await this.rest();
  }

  /** A user closes all their clients, and some of the others' devices lose their connection. */
  async partWith(person: Person): Promise<void> {
    for (const device of this.known) {
      if (device.person === person) device.chat.close();
      else if (this.#chance() < 0.5) device.platform.cut();
    }
    const connections = async () => (await this.#api.sessions.connectionsOf([person.id], Date.now())).length;
    await expect.poll(connections, wait).toBe(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { chat } of this.devices) chat.close();
    this.#over = true;
    await this.#presenceTold;
  }

  /** Does an action as a user would, by what their device shows. */
  async #perform({ kind, device: index, pick }: Action): Promise<unknown> {
    const device = this.devices[index];
    const [ann, ben, cara, dora] = this.people;
    if (!device) return undefined;
    const { chat, platform, person } = device;
    const { room } = this;
    const messages = chat.conversations.get(room)?.messages ?? [];
    const message = oneOf(messages, pick);
    const mine = messages.filter(({ senderId }) => senderId === person.id);
    // Ann is the owner, unless she made Ben the owner.
    const boss = this.devices[pick % 3 === 0 ? 2 : 0]?.chat.api ?? chat.api;
    const late = oneOf([cara, dora, cara, dora, ben], pick) ?? dora;
    const emoji = pick % 3 ? '👍' : '🎉';
    switch (kind) {
      case 'send':
        return device.write(room, this.#text());
      case 'reply':
        return device.write(room, this.#text(), message && { replyTo: message.seq });
      case 'file':
        return device.write(room, pick % 3 ? this.#text() : '', { media: [await this.#file(device, pick)] });
      case 'edit':
        return chat.edit(room, oneOf(mine, pick)?.seq ?? 0, this.#text());
      case 'delete':
        return message && chat.delete(room, message.seq);
      case 'react':
      case 'unreact':
        return message && chat.react(room, message.seq, emoji, kind === 'unreact');
      case 'read':
        return chat.markRead(room);
      case 'typing':
        return chat.typing(room, pick % 3 > 0);
      case 'mute':
        return chat.mute(room, pick % 2 > 0);
      case 'hide':
        return chat.api.updateSettings({ invisible: pick % 3 > 0 });
      case 'private':
        return this.#scenario.isPrivate && this.devices[2]?.chat.api.updateSettings({ privateRead: pick % 2 > 0 });
      case 'watch':
        return void chat.show(room);
      case 'load':
        return chat.conversations.loadHistory(room);
      case 'search':
        return chat.api.search('text');
      case 'export':
        await person.confirm();
        return person.call('GET /users/me/export');
      case 'cut':
        return platform.cut();
      case 'reload':
        return device.reload();
      case 'crash':
        this.#api.crashes[pick % 3 ? 'message' : pick % 2 ? 'commands' : 'fanout'] = 1;
        return undefined;
      case 'later':
        return pick % 4 === 0 && this.#clock.pass(graceMs + 1_000);
      case 'add':
        return boss.addMembers(room, [late.id]);
      case 'remove':
        return boss.removeMember(room, late.id);
      case 'leave':
        return person === late && chat.api.removeMember(room, person.id);
      case 'accept':
        return chat.invitations.accept(room);
      case 'decline':
        return pick % 4 === 0 && chat.invitations.decline(room);
      case 'shun':
        return person === late && chat.api.updateSettings({ whoMayAdd: pick % 2 ? 'nobody' : 'everyone' });
      case 'role':
        return boss.setRole(room, oneOf([ann, ben, ben, cara], pick)?.id ?? '', oneOf(roles, pick >> 2) ?? 'member');
      case 'rename':
        return boss.updateConversation(room, { name: `name ${pick}` });
      case 'history':
        return this.opens && boss.updateConversation(room, { history: pick % 2 ? 'all' : 'joined' });
      case 'block':
        return this.devices[0]?.chat.api.block(ben.id);
      case 'unblock':
        return this.devices[0]?.chat.api.unblock(ben.id);
      case 'erase':
        return !this.erased && pick % 4 === 0 && this.#beginErasing(dora);
      default:
        throw new Error(`nobody can ${kind satisfies never}`);
    }
  }

  /** A file of a message in the conversation, or an own one that is ready to be sent. */
  async #file({ chat, person }: LossyDevice, pick: number): Promise<Attachment> {
    const here = (chat.conversations.get(this.room)?.messages ?? []).flatMap(({ media }) => media);
    return (pick % 2 ? oneOf(here, pick) : undefined) ?? this.#api.addFile(person.id, this.room);
  }

  /** Delivers changes of presence as soon as they are due. */
  async #tellPresenceChanges(): Promise<void> {
    while (!this.#over) if ((await this.#api.tellNews()) === 0) await sleep(20);
  }

  #beginErasing(person: Person): void {
    this.erased = person;
    this.#erasing = this.#erase(person);
  }

  async #erase(person: Person): Promise<void> {
    await person.confirm();
    await person.call('DELETE /users/me');
    await this.#api.erase({ userId: person.id });
  }

  #text(): string {
    return `text ${++this.#texts}!`;
  }
}

const roles: readonly Role[] = ['member', 'admin', 'owner'];

function oneOf<T>(items: readonly T[], pick: number): T | undefined {
  return items[pick % Math.max(1, items.length)];
}

export const wait = { timeout: 60_000, interval: 50 };

import * as fc from 'fast-check';
import type { Reaction } from 'storm-chat-protocol/messages';
import { expect, test } from 'vitest';
import { runs } from '../../test/helpers/runs.ts';
import type { Chat } from '../index.ts';
import type { DocumentedChat } from './helpers/documented-chat.ts';
import { type ModelDevice, ModelNetwork, type Random } from './helpers/model-network.ts';
import { ModelServer } from './helpers/model-server.ts';
import { settle } from './helpers/platform.ts';

const [ann, ben, cara, dora] = ['a', 'b', 'c', 'd'].map((who) => `01936a00-0000-7000-8000-00000000000${who}`) as [
  string,
  string,
  string,
  string,
];
const emoji = ['👍', '🎉'];

/** A generator of random numbers (mulberry32). A run that failed can be repeated from its seed. */
function randomOf(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

class Run {
  readonly server = new ModelServer([ann, ben, cara, dora]);
  readonly network: ModelNetwork;
  readonly #random: Random;
  /** The devices that load the newest page as soon as they know the conversation, as a client does that was reloaded. */
  readonly #opening = new Set<ModelDevice>();
  readonly #written = new Map<ModelDevice, string[]>();
  #texts = 0;
  /** Texts of devices that didn't know the conversation yet. */
  readonly #early = new Set<string>();
  #toBackup: (() => void) | undefined;
  #restored = false;

  constructor(seed: number) {
    this.#random = randomOf(seed);
    this.network = new ModelNetwork(this.server, randomOf(seed + 1));
  }

  /** The devices that the SDK runs on, and those of a client as docs/protocol.md has it. */
  async begin() {
    const devices = [];
    const documented = [];
    for (const userId of [ann, ann, ben, cara]) devices.push(await this.network.addDevice(userId));
    for (const userId of [ann, ben, cara]) documented.push(await this.network.addDocumentedDevice(userId));
    return { devices, documented };
  }

  async doSomething(): Promise<void> {
    const device = this.#pick(this.network.devices);
    const one = this.#random();
    if (one < 0.55) await this.network.step();
    else if (one < 0.58) this.network.cut();
    else if (one < 0.61) await this.#reload(device);
    else if (one < 0.64) await device.platform.pass(1000);
    else if (one < 0.92) this.#act(device);
    else this.#happen();
    await settle();
    for (const opening of this.#opening) {
      if (!opening.chat.conversations.get(this.server.id)) continue;
      this.#opening.delete(opening);
      void opening.chat.conversations.loadHistory(this.server.id);
    }
  }

  async #reload(device: ModelDevice): Promise<void> {
    await device.start();
    this.#opening.add(device);
  }

  /** Reloads all devices, and lets messages change while their pages of history are under way. */
  async changeUnderPages(): Promise<void> {
    const { network, server } = this;
    const known = server.messages.slice(-4);
    for (const device of network.devices) await device.start();
    await network.calm();
    for (const { chat } of network.devices) void chat.conversations.loadHistory(server.id);
    await settle();
    await network.arrive();
    for (const { seq, senderId } of known) {
      const action = this.#pick(['react', 'edit', 'delete']);
      server.answer(senderId, { action, seq, emoji: this.#pick(emoji), text: 'edited' }, undefined);
    }
  }

  /** Restores the server to how it was at `backUp`. Messages that it loses by that come again, but others may have come before them. */
  async restore(): Promise<void> {
    if (!this.#toBackup) return;
    await this.network.restore(this.#toBackup);
    this.#restored = true;
  }

  backUp(): void {
    this.#toBackup = this.server.backUp();
  }

  /** Checks that no written message is missing, doubled or out of order. Only messages of removed members may be refused. */
  checkWritten(): void {
    const { accepted, deleted } = this.server;
    expect(new Set(accepted).size).toBe(accepted.length);
    for (const device of this.network.devices) {
      const written = this.#written.get(device) ?? [];
      const arrived = accepted.filter((text) => written.includes(text));
      if (!this.#restored) expect(arrived).toEqual(written.filter((text) => arrived.includes(text)));
      // What a client knows to be deleted doesn't come back, nor what is in a conversation that it doesn't know.
      if (this.#restored && !this.server.members.has(device.userId)) continue;
      const missing = written.filter(
        (text) => !arrived.includes(text) && !(this.#restored && (deleted.has(text) || this.#early.has(text))),
      );
      expect(device.refused).toEqual(expect.arrayContaining(missing));
    }
  }

  #act(device: ModelDevice): void {
    const { chat } = device;
    const { id } = this.server;
    // Not only of those that this device has loaded, so that changes meet pages that are under way.
    const { messages } = this.server;
    const message = messages.length ? this.#pick(messages.slice(-6)) : undefined;
    const one = this.#random();
    if (one < 0.3) {
      const text = `text ${++this.#texts}`;
      this.#written.set(device, [...(this.#written.get(device) ?? []), text]);
      if (!chat.conversations.get(id)) this.#early.add(text);
      void chat.send(id, text);
    } else if (one < 0.45) void chat.conversations.loadHistory(id);
    else if (one < 0.52) void chat.markRead(id);
    else if (one < 0.57) chat.show(id)();
    else if (one < 0.6) void chat.mute(id, this.#random() < 0.5);
    else if (!message) return;
    else if (one < 0.73) void chat.edit(id, message.seq, `edited ${one}`);
    else if (one < 0.79) void chat.delete(id, message.seq);
    else void chat.react(id, message.seq, this.#pick(emoji), one > 0.92);
  }

  /** Lets somebody else do something, or something go wrong on the server. */
  #happen(): void {
    const { server } = this;
    const one = this.#random();
    const whom = this.#pick([cara, cara, dora]);
    if (one < 0.2) server.skip();
    else if (one < 0.3) server.rename(`name ${one}`);
    else if (one < 0.4) server.open(this.#random() < 0.5 ? 'all' : 'joined');
    else if (one < 0.55) server.change(ann, whom, 'role');
    else if (one < 0.8) server.change(ann, whom, server.members.has(whom) ? 'removed' : 'added');
    else if (one < 0.85) server.erase(dora);
    else if (server.members.has(dora)) {
      const text = `dora ${++this.#texts}`;
      server.answer(dora, { action: 'message', id: text, text }, undefined);
    }
  }

  #pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)] as T;
  }
}

/** Loads the whole history. */
async function load({ chat }: ModelDevice, { network, server }: Run): Promise<void> {
  const stop = chat.show(server.id);
  await network.calm();
  while (chat.conversations.get(server.id)?.hasOlder) {
    void chat.conversations.loadHistory(server.id);
    await network.calm();
  }
  stop();
}

/** Having no receipt of somebody says the same as one in which nothing is read. */
const told = (receipt = { delivered: 0, read: 0 }) => receipt;

/** Everything that a person sees of the conversation: its description, receipts and the whole history. */
function seen({ chat, userId }: ModelDevice<Chat>, { server }: Run) {
  const state = chat.conversations.get(server.id);
  if (!state) return undefined;
  const { describedSeq: _, typing: __, receipts, ...rest } = state;
  const others = state.members.filter((member) => member.userId !== userId);
  return { ...rest, receipts: Object.fromEntries(others.map(({ userId: id }) => [id, told(receipts[id])])) };
}

/** The part of it that a client as docs/protocol.md has it keeps, too: it doesn't know when members joined. */
function seenOfBoth(device: ModelDevice<Chat>, run: Run) {
  const all = seen(device, run);
  if (!all) return undefined;
  const { lastSeq: cursor, name, history, members, memberCount, readSeq, unread, muted, messages, receipts } = all;
  const roles = Object.fromEntries(members.map(({ userId, role }) => [userId, role]));
  return { cursor, name, history, roles, memberCount, readSeq, unread, muted, receipts, messages };
}

function documentedView({ chat, userId }: ModelDevice<DocumentedChat>, { server }: Run) {
  const known = chat.conversations.get(server.id);
  if (!known) return undefined;
  const { cursor, name, history, memberCount, readSeq, unread, muted } = known;
  const roles = Object.fromEntries(known.members);
  const others = Object.keys(roles).filter((id) => id !== userId);
  const receipts = Object.fromEntries(others.map((id) => [id, told(known.receipts.get(id))]));
  const messages = [...known.messages.values()]
    .sort((a, b) => a.seq - b.seq)
    .map((message) => {
      const { n: _, mine: __, mineAsOf: ___, ...shown } = message;
      const mine = (reaction: Reaction) => chat.state.isMine(message, reaction) || undefined;
      return { ...shown, reactions: message.reactions?.map((reaction) => ({ ...reaction, mine: mine(reaction) })) };
    });
  return { cursor, name, history, roles, memberCount, readSeq, unread, muted, receipts, messages };
}

/** Checks that every device ends in the state of a fresh fetch, also when messages change while pages are under way. */
async function checkEnd(run: Run, { devices, documented }: Awaited<ReturnType<Run['begin']>>): Promise<void> {
  // Clients learn of a seq that was never used by the next one.
  if (run.server.rows.at(-1) === undefined) run.server.rename('the end');
  await run.network.calm();
  run.checkWritten();
  await run.changeUnderPages();
  await run.network.calm();
  for (const userId of [ann, ben, cara]) {
    const isTheirs = (device: ModelDevice) => device.userId === userId;
    const fresh = await run.network.addDevice(userId);
    for (const device of run.network.devices.filter(isTheirs)) await load(device, run);
    for (const device of devices.filter(isTheirs)) expect(seen(device, run)).toEqual(seen(fresh, run));
    for (const device of documented.filter(isTheirs))
      expect(documentedView(device, run)).toEqual(seenOfBoth(fresh, run));
  }
}

test('In whatever order events come, every device ends in the state of a fresh fetch, and nothing is lost or doubled', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 50, max: 250 }), async (seed, steps) => {
      const run = new Run(seed);
      const clients = await run.begin();
      for (let step = 0; step < steps; step += 1) await run.doSomething();
      await checkEnd(run, clients);
    }),
    runs(30),
  );
}, 180_000);

test('After a restore from a backup every device ends in the state of a fresh fetch, and what was acknowledged comes back once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 20, max: 120 }), async (seed, steps) => {
      const run = new Run(seed);
      const clients = await run.begin();
      for (let step = 0; step < 3 * steps; step += 1) {
        if (step === steps) run.backUp();
        if (step === 2 * steps) await run.restore();
        await run.doSomething();
      }
      await checkEnd(run, clients);
    }),
    runs(10),
  );
}, 180_000);

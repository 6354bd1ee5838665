import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Api, Auth, Chat, type Message, type Result } from '../../client/index.ts';
import type { Counter, Counts, Timing } from './counts.ts';
import { compare, Ledger, markedText, markOf, type Seen } from './ledger.ts';
import { leanPlatform } from './platform.ts';
import type { EngineOptions, Place, User } from './steps.ts';

/** How long somebody who comes back has to catch up, in ms, before what arrives counts as delivered live. */
const catchUpMs = 2_000;
/** How long the last messages may take to be answered and to arrive before they count as lost, in ms. */
const patienceMs = 20_000;

/** One user of a load test: a client of the SDK that notes what it sends, gets answered, and receives. */
export class VirtualUser {
  readonly user: User;
  readonly #counts: Counts;
  readonly #options: EngineOptions;
  readonly #auth: Auth;
  readonly #me = randomBytes(6).toString('hex');
  readonly #network = leanPlatform();
  /** By conversation: what was seen, the numbers that were acknowledged, and the `seq` that was the newest when this user came. */
  readonly #received = new Map<string, Ledger>();
  readonly #acknowledged = new Map<string, Set<number>>();
  readonly #joinedAt = new Map<string, number>();
  readonly #numbers = new Map<string, number>();
  #chat: Chat | undefined;
  #onlineSince = Number.POSITIVE_INFINITY;

  constructor(user: User, options: EngineOptions, counts: Counts) {
    this.user = user;
    this.#options = options;
    this.#counts = counts;
    this.#auth = new Auth({ httpUrl: options.httpUrl, platform: this.#network.platform });
  }

  get chat(): Chat {
    if (!this.#chat) throw new Error('This scenario has to connect first.');
    return this.#chat;
  }

  get api(): Api {
    return new Api(this.#auth);
  }

  get auth(): Auth {
    return this.#auth;
  }

  /** Makes a request, and counts it and how long it took. Returns undefined for a failure. */
  async ask<T>(timing: Timing, request: () => Promise<Result<T>>): Promise<T | undefined> {
    const startedAt = performance.now();
    this.#counts.count('requests');
    const result = await request();
    this.#counts.time(timing, performance.now() - startedAt);
    if ('ok' in result) return result.ok;
    this.#counts.failure(`${timing}.${result.error.code}`);
    return undefined;
  }

  async connect(): Promise<void> {
    const startedAt = performance.now();
    this.#counts.count('requests');
    const chat = new Chat({ auth: this.#auth, wsUrl: this.#options.wsUrl });
    this.#chat = chat;
    chat.on('connection', (state) => {
      this.#onlineSince = state === 'online' ? Date.now() : Number.POSITIVE_INFINITY;
    });
    chat.on('message', ({ conversationId, message }) => this.#see(conversationId, message));
    await chat.open();
    if (await this.#until(() => chat.connection === 'online' && chat.conversations.loaded))
      this.#counts.time('connect', performance.now() - startedAt);
    else this.#counts.failure('connect.timeout');
    for (const { id, lastSeq } of chat.conversations.all) this.#joinedAt.set(id, lastSeq);
  }

  /** Sends a message that was due at a time, in ms since 1970. It doesn't wait for the answer. */
  send(place: Place, dueAt: number, characters: number): void {
    const conversationId = this.user[place];
    const number = (this.#numbers.get(conversationId) ?? 0) + 1;
    this.#numbers.set(conversationId, number);
    this.#counts.count('sent');
    this.#counts.count('requests');
    this.#counts.time('generator_delay', Math.max(0, Date.now() - dueAt));
    void this.chat.send(conversationId, markedText({ sender: this.#me, number, dueAt }, characters));
  }

  /** Cuts the sockets without a farewell, as a lost network does, and waits until the client is back. */
  async loseConnection(): Promise<void> {
    const startedAt = performance.now();
    this.#counts.count('requests');
    this.#network.cut();
    await this.#until(() => this.chat.connection !== 'online');
    if (await this.#until(() => this.chat.connection === 'online'))
      this.#counts.time('reconnect', performance.now() - startedAt);
    else this.#counts.failure('reconnect.timeout');
  }

  /** Compares the history since this user connected with what they got. */
  async expectDeliveries(place: Place): Promise<void> {
    const conversationId = this.user[place];
    const isAnswered = () => this.chat.outbox.entries.every(({ failure }) => failure !== undefined);
    if (!(await this.#until(isAnswered))) this.#counts.count('unanswered', this.chat.outbox.entries.length);
    for (const { failure } of this.chat.outbox.entries) if (failure) this.#counts.failure(`send.${failure.code}`);
    const history = await this.#history(conversationId, this.#joinedAt.get(conversationId) ?? 0);
    if (!history) return;
    const received = this.#ledger(conversationId);
    await this.#until(() => compare(history, received, this.#acked(conversationId), this.#me).lost === 0);
    const { lost, doubled } = compare(history, received, this.#acked(conversationId), this.#me);
    this.#counts.count('lost', lost);
    this.#counts.count('doubled', doubled);
  }

  async close(): Promise<void> {
    this.#chat?.close();
    this.#network.cut();
  }

  #see(conversationId: string, { seq, text }: Message): void {
    const mark = markOf(text);
    if (!mark || seq <= (this.#joinedAt.get(conversationId) ?? Number.POSITIVE_INFINITY)) return;
    const now = Date.now();
    const sighting = this.#ledger(conversationId).see(mark, seq);
    if (sighting === 'known') return;
    if (sighting === 'doubled') {
      this.#counts.count('doubled');
      return;
    }
    if (sighting === 'out of order') this.#counts.count('out_of_order');
    const [counter, timing]: [Counter, Timing] =
      mark.sender === this.#me
        ? ['acked', 'ack']
        : ['delivered', now - this.#onlineSince < catchUpMs ? 'catch_up' : 'delivery'];
    if (mark.sender === this.#me) this.#acked(conversationId).add(mark.number);
    this.#counts.count(counter);
    this.#counts.time(timing, Math.max(0, now - mark.dueAt));
  }

  /** The messages after a `seq`. Undefined if they can't be read. */
  async #history(conversationId: string, after: number): Promise<readonly Seen[] | undefined> {
    const all: Seen[] = [];
    for (let from = after; ; ) {
      const page = await this.ask('history', () => this.api.history(conversationId, { after: from, limit: 100 }));
      if (!page) return undefined;
      all.push(...page.messages);
      from = page.messages.at(-1)?.seq ?? from;
      if (!page.hasMore || page.messages.length === 0) return all;
    }
  }

  #ledger(conversationId: string): Ledger {
    const ledger = this.#received.get(conversationId) ?? new Ledger();
    this.#received.set(conversationId, ledger);
    return ledger;
  }

  #acked(conversationId: string): Set<number> {
    const acked = this.#acknowledged.get(conversationId) ?? new Set();
    this.#acknowledged.set(conversationId, acked);
    return acked;
  }

  async #until(isSo: () => boolean): Promise<boolean> {
    const deadline = Date.now() + patienceMs;
    while (!isSo()) {
      if (Date.now() > deadline) return false;
      await sleep(25);
    }
    return true;
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { backoff } from '#client/backoff.ts';
import { Api, type Auth, type Platform, type Socket } from '#client/index.ts';
import { markOf } from '#loadtest/engine/ledger.ts';
import { leanPlatform } from '#loadtest/engine/platform.ts';
import type { ConversationEvent, Sync } from '#protocol/events.ts';
import { bearerPrefix, subprotocol } from '#protocol/frames.ts';
import type { RecordedDevice } from '#workload/recorder.ts';
import { type Participant, type Place, register } from './participant.ts';

/** How long a client waits for what was overtaken before it asks for it, in ms. */
const overtakenMs = 300;

/**
 * A client that only reads, in one room, and keeps no more than its cursor. It keeps to the contract as the SDK does: it shows each message once, in
 * the order of `seq`, asks for what is missing, and comes back by itself. So a process can have a thousand, and each is judged as any other.
 */
export class LightClient implements Participant {
  readonly api: Api;
  readonly loseSocket: () => void;
  readonly #auth: Auth;
  readonly #device: RecordedDevice;
  readonly #platform: Platform;
  readonly #place: Place;
  readonly #show: ReturnType<RecordedDevice['log']>;
  readonly #ahead = new Map<number, ConversationEvent>();
  #room: { readonly id: string; cursor: number } | undefined;
  #socket: Socket | undefined;
  #isCaughtUp = false;
  #asking: Promise<void> | undefined;
  #failures = 0;
  #isClosed = false;

  static async register(name: string, place: Place): Promise<LightClient> {
    const { platform, cut } = leanPlatform();
    const device = place.recorder.device(name, platform);
    return new LightClient(await register(name, place.httpUrl, device.platform), device, place, cut);
  }

  private constructor(auth: Auth, device: RecordedDevice, place: Place, loseSocket: () => void) {
    this.api = new Api(auth);
    this.loseSocket = loseSocket;
    this.#auth = auth;
    this.#device = device;
    this.#platform = device.platform;
    this.#place = place;
    this.#show = device.log();
  }

  get id(): string {
    return this.#device.user;
  }

  readonly unanswered = 0;

  get isConnected(): boolean {
    return this.#socket !== undefined;
  }

  get isOnline(): boolean {
    return this.isConnected && this.#isCaughtUp;
  }

  cursors() {
    return this.#room ? [[this.#room.id, this.#room.cursor] as const] : [];
  }

  async open(): Promise<void> {
    const token = await this.#auth.token();
    if (this.#isClosed) return;
    if ('error' in token) return this.#openLater();
    const socket = this.#platform.openSocket(this.#place.wsUrl, [subprotocol, bearerPrefix + token.ok]);
    socket.addEventListener('open', () => {
      this.#socket = socket;
      this.#failures = 0;
      this.catchUp();
    });
    socket.addEventListener('message', ({ data }) => {
      const { events = [] }: { events?: ConversationEvent[] } = JSON.parse(String(data));
      for (const event of events) if ('seq' in event) this.#take(event);
    });
    socket.addEventListener('close', () => {
      this.#socket = undefined;
      this.#isCaughtUp = false;
      this.#openLater();
    });
  }

  catchUp(): void {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.close();
  }

  #openLater(): void {
    const ms = backoff(this.#failures, this.#platform);
    this.#failures += 1;
    if (!this.#isClosed) setTimeout(() => void this.open(), ms);
  }

  async #ask(): Promise<void> {
    let failures = 0;
    for (let isMore = true; isMore && !this.#isClosed; ) {
      const known = this.#room ? { [this.#room.id]: this.#room.cursor } : {};
      const synced = await this.api.sync(known);
      if ('ok' in synced) {
        isMore = this.#apply(synced.ok);
        failures = 0;
      } else {
        // A thousand that ask again at once would be what keeps the server from answering.
        await sleep(Math.max(synced.error.retryAfterMs ?? 0, backoff(failures, this.#platform)));
        failures += 1;
      }
    }
    this.#isCaughtUp = true;
  }

  /** Takes in an answer. Returns whether there is more. */
  #apply({ added: [first], conversations: [entry] }: Sync): boolean {
    if (first) this.#room ??= { id: first.id, cursor: first.lastSeq };
    if (!entry || !this.#room) return false;
    const { events, lastSeq, more, resync } = entry;
    for (const event of resync ? [] : events) this.#advance(event);
    if (!more) this.#room.cursor = Math.max(this.#room.cursor, lastSeq);
    this.#follow();
    return more ?? false;
  }

  #take(event: ConversationEvent): void {
    this.#ahead.set(event.seq, event);
    this.#follow();
    // Before the first answer nothing is known to be missing.
    if (this.#ahead.size > 0 && this.#room) setTimeout(() => this.#ahead.size > 0 && this.catchUp(), overtakenMs);
  }

  /** Shows what comes next of that which came early. */
  #follow(): void {
    if (!this.#room) return;
    for (const seq of this.#ahead.keys()) if (seq <= this.#room.cursor) this.#ahead.delete(seq);
    for (let next = this.#ahead.get(this.#room.cursor + 1); next; next = this.#ahead.get(this.#room.cursor + 1)) {
      this.#ahead.delete(next.seq);
      this.#advance(next);
    }
  }

  #advance(event: ConversationEvent): void {
    if (!this.#room || event.seq <= this.#room.cursor) return;
    this.#room.cursor = event.seq;
    if (event.type !== 'message') return;
    this.#show(event.conversationId, event.message);
    const mark = markOf(event.message.text);
    if (mark) this.#place.meter.delivered(Math.max(0, Date.now() - mark.dueAt));
  }
}

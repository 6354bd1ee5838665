import { randomBytes } from 'node:crypto';
import { type Api, Chat } from '#client/index.ts';
import { markedText, markOf } from '#loadtest/engine/ledger.ts';
import { leanPlatform } from '#loadtest/engine/platform.ts';
import type { Meter } from './meter.ts';
import { type Participant, type Place, register } from './participant.ts';

/** A client of the SDK, as a page has it. */
export class Client implements Participant {
  readonly id: string;
  readonly api: Api;
  readonly loseSocket: () => void;
  readonly #chat: Chat;
  readonly #meter: Meter;
  readonly #mark = randomBytes(6).toString('hex');
  #sent = 0;

  static async register(name: string, place: Place): Promise<Client> {
    const { platform, cut } = leanPlatform();
    const device = place.recorder.device(name, platform);
    const auth = await register(name, place.httpUrl, device.platform);
    const chat = new Chat({ auth, wsUrl: place.wsUrl });
    device.watch(chat);
    return new Client(device.user, chat, place.meter, cut);
  }

  private constructor(id: string, chat: Chat, meter: Meter, loseSocket: () => void) {
    this.id = id;
    this.api = chat.api;
    this.loseSocket = loseSocket;
    this.#chat = chat;
    this.#meter = meter;
    chat.on('message', ({ conversationId, message }) => {
      // As a page does while nobody scrolls back: a hundred clients that keep everything are what would fill the memory.
      chat.conversations.letGo(conversationId);
      const mark = markOf(message.text);
      if (!mark) return;
      const ms = Math.max(0, Date.now() - mark.dueAt);
      if (mark.sender === this.#mark) meter.acked(ms);
      else meter.delivered(ms);
    });
  }

  get isConnected(): boolean {
    return this.#chat.connection === 'online';
  }

  get isOnline(): boolean {
    return this.isConnected && this.#chat.conversations.loaded;
  }

  get unanswered(): number {
    return this.#chat.outbox.entries.length;
  }

  cursors() {
    return this.#chat.conversations.all.map(({ id, lastSeq }) => [id, lastSeq] as const);
  }

  async open(): Promise<void> {
    await this.#chat.open();
  }

  catchUp(): void {
    void this.#chat.conversations.catchUp();
  }

  close(): void {
    this.#chat.close();
  }

  /** Sends a message that was due at a time, in ms since 1970. It doesn't wait for the answer. */
  send(conversationId: string, dueAt: number): void {
    this.#sent += 1;
    this.#meter.sent(Math.max(0, Date.now() - dueAt));
    void this.#chat.send(conversationId, markedText({ sender: this.#mark, number: this.#sent, dueAt }, 100));
  }
}

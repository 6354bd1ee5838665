import { randomBytes } from 'node:crypto';
import { type Api, Auth, Chat } from '#client/index.ts';
import { markedText, markOf } from '#loadtest/engine/ledger.ts';
import { leanPlatform } from '#loadtest/engine/platform.ts';
import { patiently } from '#loadtest/users.ts';
import type { Recorder } from '#workload/recorder.ts';
import type { Meter } from './meter.ts';

export interface Place {
  readonly httpUrl: string;
  readonly wsUrl: string;
  readonly recorder: Recorder;
  readonly meter: Meter;
}

/** A client of the SDK whose network is recorded, and whose messages are timed. */
export class Client {
  readonly id: string;
  readonly chat: Chat;
  readonly api: Api;
  readonly #meter: Meter;
  readonly #mark = randomBytes(6).toString('hex');
  /** Ends the socket as a lost network does. */
  readonly loseSocket: () => void;
  #sent = 0;

  static async register(name: string, place: Place): Promise<Client> {
    const { platform, cut } = leanPlatform();
    const device = place.recorder.device(name, platform);
    const auth = new Auth({ httpUrl: place.httpUrl, platform: device.platform });
    // An attempt whose answer is lost may have taken the name.
    const { id } = await patiently(`registering ${name}`, () => {
      const username = `${name}-${randomBytes(4).toString('hex')}`;
      return auth.register({ username, email: `${username}@example.com`, password: randomBytes(12).toString('hex') });
    });
    const chat = new Chat({ auth, wsUrl: place.wsUrl });
    device.watch(chat);
    return new Client(id, chat, place.meter, cut);
  }

  private constructor(id: string, chat: Chat, meter: Meter, loseSocket: () => void) {
    this.id = id;
    this.chat = chat;
    this.api = chat.api;
    this.#meter = meter;
    this.loseSocket = loseSocket;
    chat.on('message', ({ message }) => {
      const mark = markOf(message.text);
      if (!mark) return;
      const ms = Math.max(0, Date.now() - mark.dueAt);
      if (mark.sender === this.#mark) meter.acked(ms);
      else meter.delivered(ms);
    });
  }

  get isOnline(): boolean {
    return this.chat.connection === 'online' && this.chat.conversations.loaded;
  }

  /** Sends a message that was due at a time, in ms since 1970. It doesn't wait for the answer. */
  send(conversationId: string, dueAt: number): void {
    this.#sent += 1;
    this.#meter.sent(Math.max(0, Date.now() - dueAt));
    void this.chat.send(conversationId, markedText({ sender: this.#mark, number: this.#sent, dueAt }, 100));
  }

  /** Reads a conversation to its beginning. */
  async readAll(conversationId: string): Promise<void> {
    for (let before: number | undefined; ; ) {
      const page = await this.api.history(conversationId, { limit: 100, ...(before !== undefined && { before }) });
      if ('error' in page) throw new Error(page.error.message);
      before = page.ok.messages[0]?.seq;
      if (!page.ok.hasMore || before === undefined) return;
    }
  }
}

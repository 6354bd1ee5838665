import { Auth, Chat, type OutboxStore } from '#client/index.ts';
import { memoryStore } from '#client/outbox.ts';
import type { Attachment } from '#protocol/media.ts';
import type { Api, Person } from './api.ts';
import { LossyPlatform } from './lossy-platform.ts';

/** A user's client, which can be reloaded. Only its outbox remains then. */
export class LossyDevice {
  readonly person: Person;
  readonly platform: LossyPlatform;
  /** The ids of the messages that were written on it, in their order. */
  readonly written: string[] = [];
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

  /** The messages that the server has refused for good. */
  get refused(): string[] {
    return this.chat.outbox.entries.flatMap(({ id, failure }) => (failure ? id : []));
  }

  write(room: string, text: string, extras: { replyTo?: number; media?: readonly Attachment[] } = {}): Promise<void> {
    const sent = this.chat.send(room, text, extras);
    const { id = '' } = this.chat.outbox.entries.at(-1) ?? {};
    this.written.push(id);
    return sent;
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

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import * as present from '#client/index.ts';
import { memoryStore } from '#client/outbox.ts';

/** What a page's `config.json` says of the stage. */
const Target = z.object({
  httpUrl: z.url(),
  wsUrl: z.url(),
  stage: z.string(),
  version: z.string(),
  verifiedEmail: z.enum(['required', 'optional', 'off']),
});
export type Target = z.infer<typeof Target>;

/** Asks the page at an address what it is the page of. Throws if it isn't one of STORM. */
export async function findTarget(url: string): Promise<Target> {
  return Target.parse(await (await fetch(new URL('config.json', url))).json());
}

/** The value of a result. Throws for a failure, with what was asked for. */
export function must<T>(what: string, result: present.Result<T>): T {
  if ('error' in result) throw new Error(`${what}: ${result.error.code}, ${result.error.message}`);
  return result.ok;
}

/** Waits until something is so. Throws after a time that is long for any stage: new functions start, streams wait for a second. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, ms = 30_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`Not within ${ms / 1000} s: ${what}`);
    await sleep(50);
  }
}

/** Somebody whose account is as new as the check, and is erased after it. */
export class Person {
  readonly id: string;
  readonly api: present.Api;
  readonly #username: string;
  readonly #password: string;
  /** Keeps what the device has sent, also while it isn't connected. */
  readonly #store = memoryStore();
  readonly #auth: present.Auth;
  readonly #target: Target;
  readonly #client: typeof present;
  #chat: present.Chat | undefined;

  /** Registers somebody who uses a version of the client, by default that of this release. */
  static async register({ target, client = present }: { target: Target; client?: typeof present }): Promise<Person> {
    const auth = new client.Auth({ httpUrl: target.httpUrl });
    const username = `check-${randomBytes(6).toString('hex')}`;
    const password = randomBytes(18).toString('base64url');
    // Mails to this address are taken and dropped by SES, and don't count as bounces ("Using the mailbox simulator").
    const email = `success+${username}@simulator.amazonses.com`;
    must(`registering ${username}`, await auth.register({ username, email, password }));
    return new Person(auth, { username, password }, target, client);
  }

  private constructor(
    auth: present.Auth,
    { username, password }: { username: string; password: string },
    target: Target,
    client: typeof present,
  ) {
    if (auth.user === undefined) throw new Error('Nobody is signed in');
    this.id = auth.user.id;
    this.api = new client.Api(auth);
    this.#auth = auth;
    this.#username = username;
    this.#password = password;
    this.#target = target;
    this.#client = client;
  }

  get chat(): present.Chat {
    if (!this.#chat) throw new Error('Not connected');
    return this.#chat;
  }

  /** Whether the server has not ended the session. */
  get isSignedIn(): boolean {
    return this.#auth.user !== undefined;
  }

  logIn(): Promise<present.Result<unknown>> {
    return this.#auth.login({ login: this.#username, password: this.#password });
  }

  /** Connects with a chat that knows nothing yet but what this device has sent. */
  async connect(): Promise<void> {
    const chat = new this.#client.Chat({ auth: this.#auth, wsUrl: this.#target.wsUrl, store: this.#store });
    this.#chat = chat;
    await chat.open();
    await until('a socket is open', () => chat.connection === 'online' && chat.conversations.loaded);
  }

  disconnect(): void {
    this.#chat?.close();
    this.#chat = undefined;
  }

  /** The texts of a conversation, as the chat shows them. */
  texts(conversationId: string): readonly string[] {
    return (this.chat.conversations.get(conversationId)?.messages ?? []).map(({ text }) => text);
  }

  /** Erases the account with all that it did. */
  async erase(): Promise<void> {
    this.disconnect();
    must('confirming the password', await this.api.confirm(this.#password));
    must('erasing an account', await this.api.deleteAccount());
  }
}

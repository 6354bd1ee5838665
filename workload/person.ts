import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Api, Auth, Chat, type OutboxStore, type Platform, type Socket } from '#client/index.ts';
import { nodePlatform } from '#client/node-platform.ts';
import { memoryStore } from '#client/outbox.ts';
import { RawClient } from './raw-client.ts';
import type { RecordedDevice, Recorder } from './recorder.ts';

export interface Target {
  readonly httpUrl: string;
  readonly wsUrl: string;
}

/** How often somebody tries to register while the server is too busy. */
const registerTries = 10;

/** Sockets that can be cut all at once. */
function cuttable(base: Platform): Platform & { cut(): void } {
  const sockets = new Set<Socket>();
  return {
    ...base,
    openSocket(url, protocols) {
      const socket = base.openSocket(url, protocols);
      sockets.add(socket);
      socket.addEventListener('close', () => sockets.delete(socket));
      return socket;
    },
    cut: () => {
      for (const socket of sockets) socket.close();
    },
  };
}

/** Somebody with two recorded devices: one with the SDK, and one that keeps to no rules. */
export class Person {
  readonly id: string;
  readonly api: Api;
  readonly raw: RawClient;
  chat: Chat;
  /** The messages that the raw client has sent: they can be sent again. */
  readonly sent: {
    readonly id: string;
    readonly conversationId: string;
    readonly text: string;
    readonly after: number;
  }[] = [];
  readonly #auth: Auth;
  readonly #device: RecordedDevice;
  readonly #network: ReturnType<typeof cuttable>;
  readonly #target: Target;
  readonly #store: OutboxStore = memoryStore();

  static async register(recorder: Recorder, target: Target, name: string): Promise<Person> {
    const network = cuttable(nodePlatform);
    const device = recorder.device(`${name}/phone`, network);
    const raw = recorder.device(`${name}/raw`, network);
    const auth = new Auth({ httpUrl: target.httpUrl, platform: device.platform });
    const password = randomBytes(18).toString('base64url');
    let username = '';
    // An attempt whose answer is lost may have taken the name.
    const attempt = () => {
      username = `load-${randomBytes(8).toString('hex')}`;
      return auth.register({ username, email: `success+${username}@simulator.amazonses.com`, password });
    };
    let registered = await attempt();
    for (let tries = 1; 'error' in registered && registered.error.temporary && tries < registerTries; tries++) {
      await sleep(1_000 * tries);
      registered = await attempt();
    }
    if ('error' in registered) throw new Error(`${name} can't register: ${registered.error.code}`);
    const other = new Auth({ httpUrl: target.httpUrl, platform: raw.platform });
    const login = await other.login({ login: username, password });
    if ('error' in login) throw new Error(`${name} can't log in: ${login.error.code}`);
    return new Person({ id: registered.ok.id, auth, other, device, raw, network, target });
  }

  private constructor(parts: {
    id: string;
    auth: Auth;
    other: Auth;
    device: RecordedDevice;
    raw: RecordedDevice;
    network: ReturnType<typeof cuttable>;
    target: Target;
  }) {
    this.id = parts.id;
    this.#auth = parts.auth;
    this.#device = parts.device;
    this.#network = parts.network;
    this.#target = parts.target;
    this.api = new Api(parts.other);
    this.raw = new RawClient(parts.raw.platform, parts.target.wsUrl, async () => {
      const token = await parts.other.token();
      return 'ok' in token ? token.ok : undefined;
    });
    this.chat = this.#open();
  }

  /** All sockets of the person close, and the SDK connects again. */
  cut(): void {
    this.#network.cut();
  }

  /** The client of the SDK begins anew. Of what it knew, only its outbox is left. */
  reload(): void {
    this.chat.close();
    this.raw.reopen();
    this.chat = this.#open();
  }

  async close(): Promise<void> {
    this.chat.close();
    await this.raw.close();
  }

  #open(): Chat {
    const chat = new Chat({ auth: this.#auth, wsUrl: this.#target.wsUrl, store: this.#store });
    this.#device.watch(chat);
    void chat.open();
    return chat;
  }
}

import { Auth, Chat } from '../../index.ts';
import { memoryStore } from '../../outbox.ts';
import { session } from './data.ts';
import { DocumentedChat, type Own } from './documented-chat.ts';
import type { ModelServer } from './model-server.ts';
import { type FakeAnswer, type FakeCall, FakePlatform, type FakeSocket, settle } from './platform.ts';

/** Something that is in transit. Without a socket it is an HTTP call. */
interface Parcel {
  readonly socket: FakeSocket | undefined;
  readonly isEvent: boolean;
  readonly isPage: boolean;
  readonly arrive: () => void;
  readonly lose: () => void;
}

/** At least 0 and less than 1. */
export type Random = () => number;

/** Carries everything between devices and the server: late and in any order; it repeats some events and loses some of everything. */
export class ModelNetwork {
  readonly server: ModelServer;
  readonly devices: ModelDevice[] = [];
  random: Random;
  #parcels: Parcel[] = [];
  #open: { readonly userId: string; readonly socket: FakeSocket }[] = [];

  constructor(server: ModelServer, random: Random) {
    this.server = server;
    this.random = random;
    server.push = (userId, event, except) => {
      for (const { socket } of this.#open.filter((one) => one.userId === userId && one.socket !== except))
        this.#send(socket, () => socket.receive({ events: [event] }), true);
    };
  }

  addDevice(userId: string): Promise<ModelDevice<Chat>> {
    const store = memoryStore();
    const device = new ModelDevice(userId, async (platform) => {
      const auth = new Auth({ httpUrl: '', platform });
      await auth.login({ login: 'anyone', password: '' });
      const chat = new Chat({ auth, wsUrl: 'ws://model', store });
      await chat.open();
      return chat;
    });
    return this.#add(device);
  }

  /** Adds a device whose client is written by docs/protocol.md. */
  addDocumentedDevice(userId: string): Promise<ModelDevice<DocumentedChat>> {
    const own: Own[] = [];
    const device = new ModelDevice(userId, async (platform) => {
      const chat = new DocumentedChat(platform, userId, own);
      chat.open();
      return chat;
    });
    return this.#add(device);
  }

  async #add<Client extends AnyChat>(device: ModelDevice<Client>): Promise<ModelDevice<Client>> {
    const { userId } = device;
    device.platform.serve = (call) => this.#call(userId, call);
    device.platform.onSocket = (socket) => this.#connect(userId, socket);
    this.devices.push(device);
    await device.start();
    return device;
  }

  /** Delivers some random things that are in transit. Pages take longer, so that much happens while one is under way. */
  async step(): Promise<void> {
    for (let times = 0; times < 5; times += 1) this.#deliver();
    await settle();
  }

  #deliver(): void {
    const parcel = this.#parcels[Math.floor(this.random() * this.#parcels.length)];
    if (!parcel || (parcel.isPage && this.random() < 0.7)) return;
    if (!parcel.isEvent || this.random() > 0.2) this.#parcels = this.#parcels.filter((other) => other !== parcel);
    parcel.arrive();
  }

  /** Cuts one of the sockets, and loses what is in transit on it. */
  cut(): void {
    const victim = this.#open[Math.floor(this.random() * this.#open.length)];
    if (!victim) return;
    this.#parcels = this.#parcels.filter(({ socket }) => socket !== victim.socket);
    this.#open = this.#open.filter((one) => one !== victim);
    victim.socket.drop();
  }

  /** Restores the server from a backup. It was shut before: nothing is in transit any more, and every session is over. */
  async restore(toBackup: () => void): Promise<void> {
    for (const { lose } of this.#parcels.splice(0)) lose();
    this.#open = [];
    toBackup();
    for (const device of this.devices) await device.start();
  }

  /** Delivers everything and lets time pass, until nothing happens any more. */
  async calm(): Promise<void> {
    this.random = () => 0.99;
    for (let quiet = 0, round = 0; quiet < 4; round += 1) {
      if (round > 300) throw new Error('It does not come to rest');
      quiet = this.#parcels.length === 0 && this.devices.every(({ isAtRest }) => isAtRest) ? quiet + 1 : 0;
      await this.arrive();
      for (const { platform } of this.devices) await platform.pass(1000);
    }
  }

  /** Delivers everything that is in transit, pages last, so that what happened since they were read is there before them. */
  async arrive(): Promise<void> {
    const parcels = this.#parcels.splice(0).sort((a, b) => Number(a.isPage) - Number(b.isPage));
    for (const { arrive } of parcels) arrive();
    await settle();
  }

  #call(userId: string, call: FakeCall): FakeAnswer | Promise<FakeAnswer> {
    if (call.path.startsWith('/auth/')) return { body: session('token', userId) };
    return new Promise((resolve, reject) => {
      const lost = () => reject(new Error('The network is down'));
      const travel = (arrive: () => void, isPage = false) => {
        const parcel = { socket: undefined, isEvent: false, isPage, lose: lost };
        this.#parcels.push({ ...parcel, arrive: () => (this.random() < 0.1 ? lost() : arrive()) });
      };
      travel(() => {
        const answer = this.#answer(userId, call);
        travel(() => resolve(answer), call.method === 'GET');
      });
    });
  }

  #answer(userId: string, { method, path, body }: FakeCall): FakeAnswer {
    if (path === '/sync')
      return { body: this.server.sync(userId, (body as { cursors: Record<string, number> }).cursors) };
    if (path === '/invitations') return { body: { invitations: [] } };
    if (!this.server.members.has(userId)) return { status: 403, body: { code: 'forbidden' } };
    if (path.endsWith('/receipts')) return { body: this.server.receipts() };
    if (method === 'PATCH') {
      this.server.mute(userId, (body as { muted: boolean }).muted);
      return { body: {} };
    }
    const before = new URL(path, 'http://model').searchParams.get('before');
    return { body: this.server.historyOf(userId, before === null ? undefined : Number(before)) };
  }

  #connect(userId: string, socket: FakeSocket): void {
    this.#send(socket, () => {
      this.#open.push({ userId, socket });
      socket.accept();
    });
    socket.onSend = (frame) =>
      this.#send(socket, () => {
        if (socket.closed) return;
        if (frame.action === 'ping') return socket.receive({ type: 'pong' });
        const reply = this.server.answer(userId, frame, socket);
        if (frame.action === 'receipts' && 'ok' in reply) return;
        this.#send(socket, () => socket.receive({ re: frame.id, ...reply }));
      });
  }

  #send(socket: FakeSocket, arrive: () => void, isEvent = false): void {
    if (!socket.closed) this.#parcels.push({ socket, isEvent, isPage: false, arrive, lose: () => {} });
  }
}

type AnyChat = Chat | DocumentedChat;
type Start<Client> = (platform: FakePlatform) => Promise<Client>;

/** A device of a person. After every reload it has a new `chat`. */
export class ModelDevice<Client extends AnyChat = AnyChat> {
  readonly userId: string;
  readonly platform = new FakePlatform();
  readonly #start: Start<Client>;
  #chat: Client | undefined;

  constructor(userId: string, start: Start<Client>) {
    this.userId = userId;
    this.#start = start;
  }

  get chat(): Client {
    if (!this.#chat) throw new Error('The device was not started');
    return this.#chat;
  }

  get isAtRest(): boolean {
    return this.chat.connection === 'online' && this.chat.outbox.entries.length === this.refused.length;
  }

  /** The texts that the server refused for good. */
  get refused(): string[] {
    return this.chat.outbox.entries.flatMap(({ text, failure }) => (failure ? text : []));
  }

  async start(): Promise<void> {
    this.#chat?.close();
    this.#chat = await this.#start(this.platform);
    await settle();
  }
}

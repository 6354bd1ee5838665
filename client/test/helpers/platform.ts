import type { Channel, Platform, Socket, UploadRequest } from '../../index.ts';
import { memoryStore } from '../../outbox.ts';

type Listener = (event: { data: unknown }) => void;
export type Frame = Record<string, unknown> & { readonly action: string; readonly id: string };

/** A socket whose server is the test. */
export class FakeSocket implements Socket {
  readonly url: string;
  readonly protocols: readonly string[];
  readonly sent: Frame[] = [];
  accepted = false;
  closed = false;
  answersPings = false;
  /** Called with each frame that is sent. */
  onSend: (frame: Frame) => void = () => {};
  readonly #listeners = new Map<string, Listener[]>();

  constructor(url: string, protocols: readonly string[]) {
    this.url = url;
    this.protocols = protocols;
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  send(data: string): void {
    const frame: Frame = JSON.parse(data);
    this.sent.push(frame);
    this.onSend(frame);
    if (this.answersPings && frame.action === 'ping') queueMicrotask(() => this.receive({ type: 'pong' }));
  }

  close(): void {
    this.closed = true;
  }

  accept(): void {
    this.accepted = true;
    this.#fire('open', undefined);
  }

  receive(frame: unknown): void {
    this.receiveText(JSON.stringify(frame));
  }

  receiveText(text: string): void {
    this.#fire('message', text);
  }

  /** Closes the socket from the server's side, which refuses the connection if it wasn't accepted yet. */
  drop(): void {
    this.#fire('close', undefined);
  }

  /** The sent frames that have this action. */
  frames(action: string): Frame[] {
    return this.sent.filter((frame) => frame.action === action);
  }

  #fire(type: string, data: unknown): void {
    for (const listener of this.#listeners.get(type) ?? []) listener({ data });
  }
}

export interface FakeCall {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly token: string | undefined;
}

export interface FakeAnswer {
  readonly status?: number;
  readonly body?: unknown;
  /** The content type. By default it is that of the server's answers with this status. */
  readonly type?: string;
}

/** A platform in which the test is the clock, the network and the server. Nothing happens in it by itself. */
export class FakePlatform implements Platform {
  readonly cookies = true;
  readonly outboxStore = memoryStore;
  readonly sockets: FakeSocket[] = [];
  readonly calls: FakeCall[] = [];
  /** Answers HTTP calls. Throws if the network is down. */
  serve: (call: FakeCall) => FakeAnswer | Promise<FakeAnswer> = () => ({ status: 404 });
  /** Takes uploads, as S3 would. */
  store: (file: Blob, request: UploadRequest) => Promise<number> = async () => 200;
  /** Called with each socket that is opened. */
  onSocket: (socket: FakeSocket) => void = () => {};
  isHidden = false;
  /** By how many ms the clock was set. */
  clockSetBy = 0;
  readonly #wakers: (() => void)[] = [];
  #now = Date.parse('2026-11-22T09:00:00.000Z');
  #timers: { at: number; run: () => void }[] = [];

  readonly fetch: typeof fetch = async (input, init) => {
    const headers = new Headers(init?.headers);
    const call = {
      method: init?.method ?? 'GET',
      path: String(input),
      body: init?.body ? JSON.parse(String(init.body)) : undefined,
      token: headers.get('authorization')?.slice('Bearer '.length),
    };
    this.calls.push(call);
    const { status = 200, body, type } = await this.serve(call);
    const contentType = type ?? (status < 400 ? 'application/json' : 'application/problem+json');
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    return new Response(text ?? null, { status, headers: { 'content-type': contentType } });
  };

  /** The newest socket. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('No socket was opened');
    return socket;
  }

  openSocket(url: string, protocols: string[]): Socket {
    this.sockets.push(new FakeSocket(url, protocols));
    this.onSocket(this.socket);
    return this.socket;
  }

  upload(file: Blob, request: UploadRequest): Promise<number> {
    return this.store(file, request);
  }

  now(): number {
    return this.#now + this.clockSetBy;
  }

  elapsed(): number {
    return this.#now;
  }

  random(): number {
    return 0.5;
  }

  schedule(delay: number, run: () => void): () => void {
    const timer = { at: this.#now + delay, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  hidden(): boolean {
    return this.isHidden;
  }

  onWake(listener: () => void): void {
    this.#wakers.push(listener);
  }

  wake(): void {
    for (const listener of this.#wakers) listener();
  }

  lock<T>(_name: string, work: () => Promise<T>, _steal?: boolean): Promise<T> {
    return work();
  }

  channel<Message>(_name: string, _listener: (message: Message) => void): Channel<Message> {
    return { post: () => {}, close: () => {} };
  }

  /** Lets time pass, and runs what is due. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (let next = this.#due(end); next; next = this.#due(end)) {
      this.#now = next.at;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      next.run();
      await settle();
    }
    this.#now = end;
  }

  #due(end: number): { at: number; run: () => void } | undefined {
    return this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }
}

/** Runs everything that is possible without time passing. Reading a `Response` takes some turns of the event loop. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

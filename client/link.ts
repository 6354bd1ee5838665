import type { Event } from 'storm-chat-protocol/events';
import type { EventsFrame, ReplyFrame } from 'storm-chat-protocol/frames';
import { type Failure, offline, type Result } from './failures.ts';
import type { Platform, Socket } from './platform.ts';

const openingMs = 15_000;
const replyMs = 30_000;
const pongMs = 10_000;
/**
 * How long a socket is quiet before a beat. API Gateway closes one after 10 minutes; a browser may run the timers of a hidden
 * page a minute late.
 */
export const heartbeatMs = { visible: 30_000, hidden: 9 * 60_000 };

export interface LinkListener {
  opened(): void;
  events(events: readonly Event[]): void;
  /** Once, however it ended. */
  ended(): void;
}

/** A frame that the server answers; `id` is the client's own and the answer bears it. */
export interface Request {
  readonly action: string;
  readonly id: string;
  readonly [field: string]: unknown;
}

/** What the server sends: a reply, events, or the answer to a ping. */
type Frame = Partial<Omit<ReplyFrame, 'error'> & EventsFrame> & { readonly error?: Failure };

/** The life of one WebSocket: its requests and their replies, its heartbeat, its end. */
export class Link {
  readonly #platform: Platform;
  readonly #socket: Socket;
  readonly #listener: LinkListener;
  readonly #waiting = new Map<string, (result: Result<never>) => void>();
  #ended = false;
  #retired = false;
  /** Cancels what is due next: the end of the wait for an open socket, the next ping, or the end of the wait for a pong. */
  #cancelTimer: () => void;

  constructor(platform: Platform, socket: Socket, listener: LinkListener) {
    this.#platform = platform;
    this.#socket = socket;
    this.#listener = listener;
    this.#cancelTimer = platform.schedule(openingMs, () => this.close());
    socket.addEventListener('open', () => {
      if (this.#ended) return;
      // The first beat comes at a random time, so that clients that connected together don't beat together.
      this.#beatAfter(this.#interval() * platform.random());
      listener.opened();
    });
    socket.addEventListener('message', (event) => this.#receive(event.data));
    socket.addEventListener('close', () => this.#end());
  }

  /** Resolves with the reply; with `offline` if the link ends before, `unavailable` if no reply comes in 30 s. */
  request<T>(request: Request): Promise<Result<T>> {
    if (this.#ended) return Promise.resolve(offline('The connection is closed.'));
    return new Promise((resolve) => {
      const cancel = this.#platform.schedule(replyMs, () =>
        settle({ error: { code: 'unavailable', message: 'No reply came in time.', temporary: true } }),
      );
      const settle = (result: Result<T>) => {
        cancel();
        this.#waiting.delete(request.id);
        resolve(result);
        if (this.#retired && this.#waiting.size === 0) this.close();
      };
      this.#waiting.set(request.id, settle);
      this.#socket.send(JSON.stringify(request));
    });
  }

  /** Finds out now whether the other side is still there. */
  check(): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#platform.schedule(pongMs, () => this.close());
    this.#socket.send('{"action":"ping"}');
  }

  /** Closes as soon as no reply is due any more. */
  retire(): void {
    this.#retired = true;
    if (this.#waiting.size === 0) this.close();
  }

  close(): void {
    if (this.#ended) return;
    this.#socket.close(1000);
    // The socket's own close event may take minutes when the network is gone.
    this.#end();
  }

  #receive(data: unknown): void {
    if (this.#ended) return;
    this.#beatAfter(this.#interval());
    const frame: Frame = JSON.parse(String(data));
    if (frame.events) this.#listener.events(frame.events);
    if (typeof frame.re === 'string') {
      this.#waiting.get(frame.re)?.(frame.error ? { error: frame.error } : { ok: frame.ok as never });
    }
  }

  #interval(): number {
    return this.#platform.hidden() ? heartbeatMs.hidden : heartbeatMs.visible;
  }

  #beatAfter(delay: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#platform.schedule(delay, () => this.#beat());
  }

  /** While nobody looks, all that matters is that the socket stays open, which costs half of a ping and its answer. */
  #beat(): void {
    if (this.#platform.hidden()) {
      this.#socket.send('{"action":"keepalive"}');
      this.#beatAfter(heartbeatMs.hidden);
    } else this.check();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelTimer();
    for (const settle of [...this.#waiting.values()]) settle(offline('The connection ended before the reply.'));
    this.#listener.ended();
  }
}

import type { Event } from 'storm-chat-protocol/events';
import type { EventsFrame, ReplyFrame } from 'storm-chat-protocol/frames';
import { type Failure, offline, type Result } from './failures.ts';
import type { Platform, Socket } from './platform.ts';
import { timeSpan } from './time-span.ts';

const openingMs = 15_000;
const replyMs = 30_000;
/** A request that has no reply after this time, while nothing else came, makes the client check the socket. */
const silenceMs = 5_000;
const pongMs = 10_000;
/**
 * The server replies to this action only if it failed. If anything comes on the socket so long after it, that was in order: a later
 * failure shows at the next sync.
 */
const unanswered = { action: 'receipts', ms: 2_000 };
/**
 * The interval of heartbeats. API Gateway closes a socket that was idle for 10 minutes ("Quotas for configuring and running a
 * WebSocket API"), and a browser may run the timers of a hidden page up to a minute late.
 */
export const heartbeatMs = { visible: 30_000, hidden: 9 * 60_000 };

export interface LinkListener {
  opened(): void;
  events(events: readonly Event[]): void;
  /** Called once, whatever ended the link. */
  ended(): void;
}

/** A frame that the server replies to. The client chooses the `id`, and the reply repeats it. */
export interface Request {
  readonly action: string;
  readonly id: string;
  readonly [field: string]: unknown;
}

/** A frame of the server: a reply, events, or a pong; or the gateway's own answer to a frame that failed, which doesn't say to which. */
type Frame = Partial<Omit<ReplyFrame, 'error'> & EventsFrame> & {
  readonly error?: Failure;
  readonly message?: unknown;
};

/** What the gateway says when the function behind it has failed or takes too long. */
const gatewayFailures: readonly unknown[] = ['Internal server error', 'Endpoint request timed out'];

/** One WebSocket: its requests and replies, its heartbeat, and its end. */
export class Link {
  readonly #platform: Platform;
  readonly #socket: Socket;
  readonly #listener: LinkListener;
  readonly #waiting = new Map<string, (result: Result<never>) => void>();
  /** What settles the requests that have no reply if all is well, and whether their time is over. */
  readonly #unanswered = new Map<string, { readonly isOver: () => boolean; readonly settle: () => void }>();
  /** How many frames came. */
  #heard = 0;
  #ended = false;
  #retired = false;
  /** Cancels the only timer: the limit for opening, the next heartbeat, or the limit for the pong. */
  #cancelTimer: () => void;

  constructor(platform: Platform, socket: Socket, listener: LinkListener) {
    this.#platform = platform;
    this.#socket = socket;
    this.#listener = listener;
    this.#cancelTimer = platform.schedule(openingMs, () => this.close());
    socket.addEventListener('open', () => {
      if (this.#ended) return;
      // The first heartbeat comes at a random time, so that clients that connected together don't send theirs together.
      this.#scheduleHeartbeat(this.#interval() * platform.random());
      listener.opened();
    });
    socket.addEventListener('message', (event) => this.#receive(event.data));
    socket.addEventListener('close', () => this.#end());
  }

  /**
   * Resolves with the reply, with `offline` if the link ends before it, or with `unavailable` if there is none in 30 seconds. A request
   * without a reply resolves when the link proves to be alive after it, by the next pong at the latest.
   */
  request<T>(request: Request): Promise<Result<T>> {
    if (this.#ended) return Promise.resolve(offline('The connection is closed.'));
    if (request.action === unanswered.action) return this.#report(request);
    return new Promise((resolve) => {
      const heard = this.#heard;
      const cancelCheck = this.#platform.schedule(silenceMs, () => {
        if (this.#heard === heard) this.check();
      });
      const cancelLimit = this.#platform.schedule(replyMs, () =>
        settle({ error: { code: 'unavailable', message: 'No reply came in time.', temporary: true } }),
      );
      const settle = (result: Result<T>) => {
        cancelCheck();
        cancelLimit();
        this.#waiting.delete(request.id);
        resolve(result);
        if (this.#retired && this.#waiting.size === 0) this.close();
      };
      this.#waiting.set(request.id, settle);
      this.#socket.send(JSON.stringify(request));
    });
  }

  #report<T>(request: Request): Promise<Result<T>> {
    return new Promise((resolve) => {
      const settle = (result: Result<T>) => {
        this.#waiting.delete(request.id);
        this.#unanswered.delete(request.id);
        resolve(result);
        if (this.#retired && this.#waiting.size === 0) this.close();
      };
      this.#waiting.set(request.id, settle);
      const isOver = timeSpan(this.#platform, unanswered.ms);
      this.#unanswered.set(request.id, { isOver, settle: () => settle({ ok: undefined as never }) });
      this.#socket.send(JSON.stringify(request));
    });
  }

  /** Sends a ping. The link ends if the pong doesn't come in time. */
  check(): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#platform.schedule(pongMs, () => this.close());
    this.#socket.send('{"action":"ping"}');
  }

  /** Closes the link as soon as every request has its reply. */
  retire(): void {
    this.#retired = true;
    if (this.#waiting.size === 0) this.close();
  }

  close(): void {
    if (this.#ended) return;
    this.#socket.close(1000);
    // Without a network the socket's close event may come minutes later.
    this.#end();
  }

  #receive(data: unknown): void {
    if (this.#ended) return;
    this.#heard += 1;
    this.#scheduleHeartbeat(this.#interval());
    const frame = frameOf(data);
    if (Array.isArray(frame.events)) this.#listener.events(frame.events);
    if (typeof frame.re === 'string') {
      this.#waiting.get(frame.re)?.(frame.error ? { error: frame.error } : { ok: frame.ok as never });
    } else if (gatewayFailures.includes(frame.message)) this.#failAll();
    for (const { isOver, settle } of [...this.#unanswered.values()]) if (isOver()) settle();
  }

  /** One of the requests has failed, and nobody says which. Each may be sent again, so none has to wait until its time is up. */
  #failAll(): void {
    for (const settle of [...this.#waiting.values()])
      settle({ error: { code: 'unavailable', message: 'A request has failed on its way.', temporary: true } });
  }

  #interval(): number {
    return this.#platform.hidden() ? heartbeatMs.hidden : heartbeatMs.visible;
  }

  #scheduleHeartbeat(delay: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#platform.schedule(delay, () => this.#heartbeat());
  }

  /** A hidden client only keeps the socket from being idle: without an answer that costs half as much as a ping. */
  #heartbeat(): void {
    if (this.#platform.hidden()) {
      this.#socket.send('{"action":"keepalive"}');
      this.#scheduleHeartbeat(heartbeatMs.hidden);
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

/** A frame that isn't a JSON object is none of the server's, and says nothing. */
function frameOf(data: unknown): Frame {
  try {
    return Object(JSON.parse(String(data)));
  } catch {
    return {};
  }
}

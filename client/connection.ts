import type { Event } from 'storm-chat-protocol/events';
import type { bearerPrefix, subprotocol } from 'storm-chat-protocol/frames';
import type { Auth } from './auth.ts';
import { backoff } from './backoff.ts';
import { offline, type Result } from './failures.ts';
import { Link, type Request } from './link.ts';
import type { Platform } from './platform.ts';

/** `connecting` is the first time only; `closed` is the end, until `open` is called again. */
export type ConnectionState = 'idle' | 'connecting' | 'online' | 'reconnecting' | 'closed';

export interface ConnectionOptions {
  readonly wsUrl: string;
  readonly auth: Auth;
  readonly platform: Platform;
  readonly onState: (state: ConnectionState) => void;
  readonly onEvents: (events: readonly Event[]) => void;
  /** There is a new socket: the first, after a loss, or after a move. */
  readonly onSocket: () => void;
}

// The types are those of the protocol's constants; importing the values would bring the schemas into the page.
const offered: typeof subprotocol = 'storm.v1';
const bearer: typeof bearerPrefix = 'bearer.';

/** API Gateway closes a socket after 2 h ("Quotas for configuring and running a WebSocket API"); clients don't move together. */
const moveAfterMs = { earliest: 90 * 60_000, latest: 110 * 60_000 };

/** Keeps one link to the server alive: connects again after a loss, and moves to a new socket before the old one's life ends. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #platform: Platform;
  #state: ConnectionState = 'idle';
  /** The open link that requests take. */
  #link: Link | undefined;
  /** The link that is being made. */
  #next: Link | undefined;
  #dialling = false;
  #failures = 0;
  #cancelDial = () => {};
  #cancelMove = () => {};

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#platform = options.platform;
    this.#platform.onWake(() => this.#wake());
  }

  get state(): ConnectionState {
    return this.#state;
  }

  open(): void {
    if (this.#state !== 'idle' && this.#state !== 'closed') return;
    this.#failures = 0;
    this.#enter('connecting');
    void this.#dial();
  }

  close(): void {
    this.#enter('closed');
    this.#cancelDial();
    this.#cancelMove();
    this.#next?.close();
    this.#link?.close();
  }

  /** Resolves with the server's reply, or with `offline` when there is no connection or it ends before. */
  request<T>(request: Request): Promise<Result<T>> {
    return this.#link?.request<T>(request) ?? Promise.resolve(offline('There is no connection.'));
  }

  /** Finds out now whether the server is still there. */
  check(): void {
    this.#link?.check();
  }

  async #dial(): Promise<void> {
    if (this.#dialling) return;
    this.#dialling = true;
    this.#cancelDial();
    const token = await this.#options.auth.token();
    if (this.#state === 'closed') {
      this.#dialling = false;
    } else if ('error' in token) {
      this.#dialling = false;
      // The end of the session, the only permanent failure, closes this connection through `auth`.
      if (token.error.temporary) this.#dialLater(token.error.retryAfterMs);
    } else {
      this.#connect(token.ok);
    }
  }

  #connect(token: string): void {
    const socket = this.#platform.openSocket(this.#options.wsUrl, [offered, bearer + token]);
    let opened = false;
    const link: Link = new Link(this.#platform, socket, {
      opened: () => {
        opened = true;
        this.#adopt(link);
      },
      events: (events) => this.#receive(events),
      ended: () => {
        if (opened) this.#lost(link);
        else this.#refused(token);
      },
    });
    this.#next = link;
  }

  #adopt(link: Link): void {
    const previous = this.#link;
    this.#link = link;
    this.#next = undefined;
    this.#dialling = false;
    this.#failures = 0;
    const { earliest, latest } = moveAfterMs;
    this.#cancelMove();
    this.#cancelMove = this.#platform.schedule(earliest + (latest - earliest) * this.#platform.random(), () => {
      void this.#dial();
    });
    this.#enter('online');
    this.#options.onSocket();
    // Both were open for a moment, so nothing was missed in between.
    previous?.retire();
  }

  #lost(link: Link): void {
    if (link !== this.#link) return;
    this.#link = undefined;
    this.#cancelMove();
    if (this.#state === 'closed') return;
    this.#enter('reconnecting');
    if (!this.#dialling) this.#dialLater();
  }

  #refused(token: string): void {
    this.#next = undefined;
    this.#dialling = false;
    if (this.#state === 'closed') return;
    // To a browser a refused token looks like a lost network. One fresh token tells them apart.
    if (this.#failures === 0) this.#options.auth.discard(token);
    this.#dialLater();
  }

  #dialLater(atLeastMs = 0): void {
    if (this.#state === 'connecting') this.#enter('reconnecting');
    const delay = Math.max(atLeastMs, backoff(this.#failures, this.#platform));
    this.#failures += 1;
    this.#cancelDial();
    this.#cancelDial = this.#platform.schedule(delay, () => void this.#dial());
  }

  #receive(events: readonly Event[]): void {
    this.#options.onEvents(events);
    if (events.some((event) => event.type === 'bye' && event.reconnect)) void this.#dial();
  }

  #wake(): void {
    if (this.#link) this.check();
    else if (this.#state === 'reconnecting') void this.#dial();
  }

  #enter(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onState(state);
  }
}

import type { Event } from 'storm-chat-protocol/events';
import type { bearerPrefix, subprotocol } from 'storm-chat-protocol/frames';
import type { Auth } from './auth.ts';
import { backoff } from './backoff.ts';
import { offline, type Result } from './failures.ts';
import { Link, type Request } from './link.ts';
import type { Platform } from './platform.ts';

/**
 * `connecting` is the state of the first attempt only, later ones are `reconnecting`. `ended` means that the server has closed the
 * socket and asked not to come back: the person has opened too many others, or their session is over. Only `open` leads out of
 * `ended` and `closed`.
 */
export type ConnectionState = 'idle' | 'connecting' | 'online' | 'reconnecting' | 'ended' | 'closed';

export interface ConnectionOptions {
  /** The address of the WebSocket API. A function is called for each socket. */
  readonly wsUrl: string | (() => string);
  readonly auth: Auth;
  readonly platform: Platform;
  readonly onState: (state: ConnectionState) => void;
  readonly onEvents: (events: readonly Event[]) => void;
  /** Called for every new socket: the first, one after a loss, and one that replaces an old socket. */
  readonly onSocket: () => void;
}

// Importing these constants from the protocol would load its schemas. Their types make a wrong value a compile error.
const offered: typeof subprotocol = 'storm.v1';
const bearer: typeof bearerPrefix = 'bearer.';

/**
 * API Gateway closes a socket after 2 hours ("Quotas for configuring and running a WebSocket API"). The client replaces it before
 * that, at a random time, so that clients that connected together don't all reconnect together.
 */
const replaceAfterMs = { earliest: 90 * 60_000, latest: 110 * 60_000 };

/** Keeps a link to the server: reconnects after a loss, and replaces the socket before API Gateway closes it. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #platform: Platform;
  #state: ConnectionState = 'idle';
  /** The open link, over which requests go. */
  #link: Link | undefined;
  /** The link whose socket is being opened. */
  #next: Link | undefined;
  #dialling = false;
  #failures = 0;
  /** Whether a refused token was renewed since the last socket. */
  #renewed = false;
  /** Until when the server refuses new sockets, in ms since 1970. */
  #pausedUntil = 0;
  #cancelDial = () => {};
  #cancelReplacement = () => {};

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#platform = options.platform;
    this.#platform.onWake(() => this.#wake());
  }

  get state(): ConnectionState {
    return this.#state;
  }

  open(): void {
    if (this.#state !== 'idle' && !this.#isStopped()) return;
    this.#failures = 0;
    this.#renewed = false;
    this.#enter('connecting');
    void this.#dial();
  }

  close(): void {
    this.#stop('closed');
  }

  #isStopped(): boolean {
    return this.#state === 'closed' || this.#state === 'ended';
  }

  #stop(state: 'closed' | 'ended'): void {
    this.#enter(state);
    this.#cancelDial();
    this.#cancelReplacement();
    this.#next?.close();
    this.#link?.close();
  }

  /** Resolves with the server's reply, or with `offline` if there is no connection or it ends before the reply. */
  request<T>(request: Request): Promise<Result<T>> {
    return this.#link?.request<T>(request) ?? Promise.resolve(offline('There is no connection.'));
  }

  /** Checks by a ping whether the connection still works. */
  check(): void {
    this.#link?.check();
  }

  async #dial(): Promise<void> {
    if (this.#dialling) return;
    this.#dialling = true;
    this.#cancelDial();
    const token = await this.#options.auth.token();
    if (this.#isStopped()) {
      this.#dialling = false;
    } else if ('error' in token) {
      this.#dialling = false;
      // The only permanent failure is the end of the session, of which `auth` tells the program.
      if (token.error.temporary) this.#dialLater(token.error.retryAfterMs);
    } else {
      this.#connect(token.ok);
    }
  }

  #connect(token: string): void {
    const { wsUrl } = this.#options;
    const url = typeof wsUrl === 'string' ? wsUrl : wsUrl();
    const socket = this.#platform.openSocket(url, [offered, bearer + token]);
    let opened = false;
    const link: Link = new Link(this.#platform, socket, {
      opened: () => {
        opened = true;
        this.#adopt(link);
      },
      events: (events) => this.#receive(link, events),
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
    this.#renewed = false;
    const { earliest, latest } = replaceAfterMs;
    this.#cancelReplacement();
    this.#cancelReplacement = this.#platform.schedule(earliest + (latest - earliest) * this.#platform.random(), () => {
      void this.#dial();
    });
    this.#enter('online');
    this.#options.onSocket();
    // Both sockets have been open for a moment, so no event was missed.
    previous?.retire();
  }

  #lost(link: Link): void {
    if (link !== this.#link) return;
    this.#link = undefined;
    this.#cancelReplacement();
    if (this.#isStopped()) return;
    this.#enter('reconnecting');
    if (!this.#dialling) this.#dialLater();
  }

  #refused(token: string): void {
    this.#next = undefined;
    this.#dialling = false;
    if (this.#isStopped()) return;
    // A browser can't tell a refused token from a failed connection. The first failure after a socket may be either, so the token is
    // renewed.
    if (!this.#renewed) this.#options.auth.discard(token);
    this.#renewed = true;
    this.#dialLater();
  }

  #dialLater(atLeastMs = 0): void {
    if (this.#state === 'connecting') this.#enter('reconnecting');
    const pause = this.#pausedUntil - this.#platform.now();
    const delay = Math.max(atLeastMs, pause, backoff(this.#failures, this.#platform));
    this.#failures += 1;
    this.#cancelDial();
    this.#cancelDial = this.#platform.schedule(delay, () => void this.#dial());
  }

  #receive(link: Link, events: readonly Event[]): void {
    this.#options.onEvents(events);
    const bye = events.find((event) => event.type === 'bye');
    // The server closes this socket in a moment. Only then a new one is opened, after the pause.
    if (bye?.retryAfterMs !== undefined) this.#pausedUntil = this.#platform.now() + bye.retryAfterMs;
    else if (bye?.reconnect) void this.#dial();
    // While a socket is being replaced, it may have to make room for its own successor.
    else if (bye && link === this.#link && !this.#dialling && !this.#isStopped()) this.#stop('ended');
  }

  #wake(): void {
    if (this.#link) this.check();
    else if (this.#state === 'reconnecting' && this.#pausedUntil <= this.#platform.now()) void this.#dial();
  }

  #enter(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onState(state);
  }
}

import { Connection, type ConnectionOptions, type ConnectionState } from './connection.ts';
import type { Push } from './conversation.ts';
import { offline, type Result } from './failures.ts';
import { heartbeatMs, type Request } from './link.ts';
import type { OutboxNote } from './outbox.ts';
import type { Channel } from './platform.ts';

/** A tab that leads answers at once; one that doesn't for so long is frozen, and another takes over. */
const answerMs = 10_000;

/** What one tab tells the others: what was pushed, and what the server doesn't push because it came from the socket they share. */
export type Note = { readonly type: 'events'; readonly events: readonly Push[] } | OutboxNote;

/** What the leader says of itself. A later leader has a higher `term`; `sockets` counts those that it has opened. */
interface Lead {
  readonly term: number;
  readonly sockets: number;
  readonly state: ConnectionState;
}

type TabMessage =
  | { readonly type: 'lead'; readonly lead: Lead }
  /** Asks who leads; with `look`, whether the server is still there, too. */
  | { readonly type: 'hello'; readonly look: boolean }
  | { readonly type: 'request'; readonly request: Request }
  | { readonly type: 'reply'; readonly id: string; readonly result: Result<never> }
  | { readonly type: 'note'; readonly note: Note };

export interface SharedConnectionOptions extends Omit<ConnectionOptions, 'onEvents'> {
  readonly onEvents: (events: readonly Push[]) => void;
  /** Of the lock and the channel that the person's tabs share. */
  readonly name: string;
  readonly onOutboxNote: (note: OutboxNote) => void;
  /** This tab has got the lead. */
  readonly onLead: () => void;
}

/**
 * One connection for all tabs of a browser. Who holds the lock leads: it has the socket, makes the requests of all, and hands
 * on what the server pushes. To the others a change of the leader is a lost connection. A program on its own always leads.
 */
export class SharedConnection {
  readonly #options: SharedConnectionOptions;
  readonly #connection: Connection;
  readonly #waiting = new Map<string, (result: Result<never>) => void>();
  #channel: Channel<TabMessage> | undefined;
  #state: ConnectionState = 'idle';
  #lead: Lead = { term: 0, sockets: 0, state: 'connecting' };
  #queued = false;
  /** Gives the lock back. Undefined while another tab leads. */
  #release: (() => void) | undefined;
  #cancelBeat = () => {};
  #cancelTakeover: (() => void) | undefined;

  constructor(options: SharedConnectionOptions) {
    this.#options = options;
    this.#connection = new Connection({
      ...options,
      onState: (state) => this.leads && this.#announce({ ...this.#lead, state }),
      onSocket: () => this.#announce({ ...this.#lead, sockets: this.#lead.sockets + 1 }),
      onEvents: (events) => {
        options.onEvents(events);
        this.#post({ type: 'note', note: { type: 'events', events } });
      },
    });
    options.platform.onWake(() => this.#askLeader(true));
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Whether this tab does what only one should do. */
  get leads(): boolean {
    return this.#release !== undefined;
  }

  open(): void {
    if (this.#state !== 'idle' && this.#state !== 'closed') return;
    this.#enter('connecting');
    const { platform, name } = this.#options;
    this.#channel = platform.channel(name, (message: TabMessage) => this.#hear(message));
    this.#queue();
    this.#askLeader(false);
    this.#beatAfter(heartbeatMs.visible * platform.random());
  }

  close(): void {
    this.#enter('closed');
    this.#cancelBeat();
    this.#hasLeader();
    this.#settle('The connection was closed.');
    const release = this.#release;
    this.#release = undefined;
    this.#connection.close();
    this.#channel?.close();
    this.#channel = undefined;
    release?.();
  }

  /** Resolves with the server's reply, or with `offline` when there is no connection or it ends before. */
  request<T>(request: Request): Promise<Result<T>> {
    if (this.leads) return this.#connection.request(request);
    if (this.#state !== 'online') return Promise.resolve(offline('There is no connection.'));
    return new Promise((resolve) => {
      this.#waiting.set(request.id, resolve);
      this.#post({ type: 'request', request });
      this.#askLeader(false);
    });
  }

  /** Tells the other tabs. */
  share(note: Note): void {
    this.#post({ type: 'note', note });
    this.#askLeader(false);
  }

  /** Waits for the lock, until it is this tab's turn. */
  #queue(): void {
    if (this.#queued) return;
    this.#queued = true;
    this.#hold(false, () => {
      this.#queued = false;
    });
  }

  #hold(steal: boolean, granted = () => {}): void {
    const { platform, name } = this.#options;
    const work = () => {
      granted();
      return this.#takeLead();
    };
    platform.lock(name, work, steal).catch(() => this.#loseLead());
  }

  /** Resolves when the lock can go to the next one. */
  #takeLead(): Promise<void> {
    if (this.#state === 'closed' || this.leads) return Promise.resolve();
    return new Promise((resolve) => {
      this.#release = resolve;
      this.#hasLeader();
      const term = Math.max(this.#options.platform.now(), this.#lead.term + 1);
      this.#announce({ term, sockets: 0, state: 'connecting' });
      this.#options.onLead();
      this.#connection.open();
    });
  }

  /** Another tab took this one for frozen. */
  #loseLead(): void {
    if (!this.leads) return;
    this.#release = undefined;
    this.#connection.close();
    this.#follow({ ...this.#lead, state: 'reconnecting' });
    this.#queue();
    this.#askLeader(false);
  }

  #announce(lead: Lead): void {
    this.#post({ type: 'lead', lead });
    this.#follow(lead);
  }

  #follow(lead: Lead): void {
    const { term, sockets } = this.#lead;
    if (lead.term < term) return;
    this.#lead = lead;
    if (lead.term > term) this.#settle('Another tab leads now.');
    // What went with a connection that is over may have been missed.
    if (lead.term > term && this.#state === 'online') this.#enter('reconnecting');
    this.#enter(lead.state);
    if (lead.state === 'online' && (lead.term > term || lead.sockets > sockets)) this.#options.onSocket();
  }

  #hear(message: TabMessage): void {
    this.#beatAfter(heartbeatMs.visible);
    switch (message.type) {
      case 'lead':
        if (message.lead.term >= this.#lead.term && !this.leads) {
          this.#hasLeader();
          this.#follow(message.lead);
        }
        return;
      case 'hello':
        if (!this.leads) return;
        this.#post({ type: 'lead', lead: this.#lead });
        // The one who looks is another tab than the one whose heartbeat counts.
        if (message.look && this.#options.platform.hidden()) this.#connection.check();
        return;
      case 'request':
        if (this.leads) void this.#forward(message.request);
        return;
      case 'reply':
        this.#waiting.get(message.id)?.(message.result);
        this.#waiting.delete(message.id);
        return;
      case 'note':
        if (message.note.type === 'events') this.#options.onEvents(message.note.events);
        else this.#options.onOutboxNote(message.note);
    }
  }

  async #forward(request: Request): Promise<void> {
    const result = await this.#connection.request<never>(request);
    this.#post({ type: 'reply', id: request.id, result });
  }

  #post(message: TabMessage): void {
    this.#channel?.post(message);
  }

  #beatAfter(delay: number): void {
    this.#cancelBeat();
    if (this.leads) return;
    const { platform } = this.#options;
    this.#cancelBeat = platform.schedule(delay, () => {
      if (!platform.hidden()) this.#askLeader(true);
      this.#beatAfter(heartbeatMs.visible);
    });
  }

  /** Takes the lead over, unless the leader answers. */
  #askLeader(look: boolean): void {
    if (this.leads || this.#channel === undefined) return;
    this.#post({ type: 'hello', look });
    this.#cancelTakeover ??= this.#options.platform.schedule(answerMs, () => {
      this.#cancelTakeover = undefined;
      this.#hold(true);
    });
  }

  #hasLeader(): void {
    this.#cancelTakeover?.();
    this.#cancelTakeover = undefined;
  }

  /** Ends the wait for replies that won't come any more. */
  #settle(reason: string): void {
    for (const resolve of this.#waiting.values()) resolve(offline(reason));
    this.#waiting.clear();
  }

  #enter(state: ConnectionState): void {
    // The first connection of a new leader is not this tab's first.
    const again = state === 'connecting' && (this.#state === 'online' || this.#state === 'reconnecting');
    const next = again ? 'reconnecting' : state;
    if (this.#state === next) return;
    this.#state = next;
    this.#options.onState(next);
  }
}

import { Connection, type ConnectionOptions, type ConnectionState } from './connection.ts';
import type { Push } from './conversation.ts';
import { offline, type Result } from './failures.ts';
import { heartbeatMs, type Request } from './link.ts';
import type { OutboxNote } from './outbox.ts';
import type { Channel } from './platform.ts';
import type { VisibilityNote } from './visibility.ts';

/** A leader answers at once. If it doesn't answer for this long, the browser has frozen its tab, and another tab takes over. */
const answerMs = 10_000;

/**
 * What a tab tells the others: pushed events, and own changes, which the server doesn't push to the socket that they came from.
 */
export type Note = { readonly type: 'events'; readonly events: readonly Push[] } | OutboxNote;

/** The state of the leader. Every new leader has a higher `term`, and `sockets` counts the sockets that it has opened. */
interface Lead {
  readonly term: number;
  readonly sockets: number;
  readonly state: ConnectionState;
}

type TabMessage =
  | { readonly type: 'lead'; readonly lead: Lead }
  /** Asks for the leader's state. `term` is the highest that the tab knows. With `look` the leader checks its connection, too. */
  | { readonly type: 'hello'; readonly look: boolean; readonly term: number }
  | { readonly type: 'reconnect' }
  | { readonly type: 'request'; readonly request: Request }
  | { readonly type: 'reply'; readonly id: string; readonly result: Result<never> }
  | { readonly type: 'note'; readonly note: Note }
  | VisibilityNote;

export interface SharedConnectionOptions extends Omit<ConnectionOptions, 'onEvents'> {
  readonly onEvents: (events: readonly Push[]) => void;
  /** The name of the lock and the channel, by which the tabs of a person find each other. */
  readonly name: string;
  readonly onOutboxNote: (note: OutboxNote) => void;
  /** Called when another tab says whether somebody looks at it. */
  readonly onVisible: (note: VisibilityNote) => void;
  /** Called when this tab becomes the leader. */
  readonly onLead: () => void;
}

/**
 * One connection for all tabs of a browser. The tab that holds the lock is the leader: it has the socket, makes the requests of all
 * tabs, and forwards pushed events to them. For the other tabs a change of the leader is a lost connection. A program without other
 * tabs is always the leader.
 */
export class SharedConnection {
  readonly #options: SharedConnectionOptions;
  readonly #connection: Connection;
  readonly #waiting = new Map<string, (result: Result<never>) => void>();
  #channel: Channel<TabMessage> | undefined;
  #state: ConnectionState = 'idle';
  #lead: Lead = { term: 0, sockets: 0, state: 'connecting' };
  #queued = false;
  /** Releases the lock. Undefined while another tab is the leader. */
  #release: (() => void) | undefined;
  #cancelHeartbeat = () => {};
  #cancelTakeover: (() => void) | undefined;

  constructor(options: SharedConnectionOptions) {
    this.#options = options;
    this.#connection = new Connection({
      ...options,
      onState: (state) => this.isLeader && this.#announce({ ...this.#lead, state }),
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

  /** Whether this tab is the leader. Only the leader sends the outbox and acknowledges the receipt of messages. */
  get isLeader(): boolean {
    return this.#release !== undefined;
  }

  open(): void {
    if (this.#state !== 'idle' && this.#state !== 'closed') return;
    this.#enter('connecting');
    const { platform, name } = this.#options;
    this.#channel = platform.channel(name, (message: TabMessage) => this.#hear(message));
    this.#queue();
    this.#askLeader(false);
    this.#scheduleHeartbeat(heartbeatMs.visible * platform.random());
  }

  close(): void {
    this.#enter('closed');
    this.#cancelHeartbeat();
    this.#hasLeader();
    this.#settle('The connection was closed.');
    const release = this.#release;
    this.#release = undefined;
    this.#connection.close();
    this.#channel?.close();
    this.#channel = undefined;
    release?.();
  }

  /** Connects again after the server has ended the connection. Otherwise it changes nothing. */
  reconnect(): void {
    if (this.isLeader) this.#connection.open();
    else this.#post({ type: 'reconnect' });
  }

  /** Resolves with the server's reply, or with `offline` if there is no connection or it ends before the reply. */
  request<T>(request: Request): Promise<Result<T>> {
    if (this.isLeader) return this.#connection.request(request);
    if (this.#state !== 'online') return Promise.resolve(offline('There is no connection.'));
    return new Promise((resolve) => {
      this.#waiting.set(request.id, resolve);
      this.#post({ type: 'request', request });
      this.#askLeader(false);
    });
  }

  /** Sends a note to the other tabs. */
  share(note: Note): void {
    this.#post({ type: 'note', note });
    this.#askLeader(false);
  }

  /** Tells the other tabs whether somebody looks at this one. */
  shareVisibility(note: VisibilityNote): void {
    this.#post(note);
  }

  /** Waits in line for the lock. */
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

  /** Becomes the leader. The returned promise holds the lock until it resolves. */
  #takeLead(): Promise<void> {
    if (this.#state === 'closed' || this.isLeader) return Promise.resolve();
    return new Promise((resolve) => {
      this.#release = resolve;
      this.#hasLeader();
      const term = Math.max(this.#options.platform.now(), this.#lead.term + 1);
      // If the server ended the connection of the previous leader, the person decides whether to connect again.
      const ended = this.#state === 'ended';
      this.#announce({ term, sockets: 0, state: ended ? 'ended' : 'connecting' });
      this.#options.onLead();
      if (!ended) this.#connection.open();
    });
  }

  /** Another tab has stolen the lock, because this one was frozen for a while. */
  #loseLead(): void {
    if (!this.isLeader) return;
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
    // Events may have been lost with the connection of the previous leader.
    if (lead.term > term && this.#state === 'online') this.#enter('reconnecting');
    this.#enter(lead.state);
    if (lead.state === 'online' && (lead.term > term || lead.sockets > sockets)) this.#options.onSocket();
  }

  #hear(message: TabMessage): void {
    this.#scheduleHeartbeat(heartbeatMs.visible);
    switch (message.type) {
      case 'lead':
        if (message.lead.term >= this.#lead.term && !this.isLeader) {
          this.#hasLeader();
          this.#follow(message.lead);
        }
        return;
      case 'hello':
        if (!this.isLeader) return;
        // The clock was set back since an earlier leader chose its term, and this one's announcements are ignored.
        if (message.term > this.#lead.term) this.#announce({ ...this.#lead, term: message.term + 1 });
        else this.#post({ type: 'lead', lead: this.#lead });
        // A hidden leader sends heartbeats rarely; now somebody looks at another tab.
        if (message.look && this.#options.platform.hidden()) this.#connection.check();
        return;
      case 'reconnect':
        if (this.isLeader) this.#connection.open();
        return;
      case 'request':
        if (this.isLeader) void this.#forward(message.request);
        return;
      case 'reply':
        this.#waiting.get(message.id)?.(message.result);
        this.#waiting.delete(message.id);
        return;
      case 'note':
        if (message.note.type === 'events') this.#options.onEvents(message.note.events);
        else this.#options.onOutboxNote(message.note);
        return;
      case 'visible':
        this.#options.onVisible(message);
        return;
      default:
        // Of a tab with a newer page.
        message satisfies never;
    }
  }

  async #forward(request: Request): Promise<void> {
    const result = await this.#connection.request<never>(request);
    this.#post({ type: 'reply', id: request.id, result });
  }

  #post(message: TabMessage): void {
    this.#channel?.post(message);
  }

  #scheduleHeartbeat(delay: number): void {
    this.#cancelHeartbeat();
    if (this.isLeader) return;
    const { platform } = this.#options;
    this.#cancelHeartbeat = platform.schedule(delay, () => {
      if (!platform.hidden()) this.#askLeader(true);
      this.#scheduleHeartbeat(heartbeatMs.visible);
    });
  }

  /** Asks for the leader, and takes over if there is no answer in time. */
  #askLeader(look: boolean): void {
    if (this.isLeader || this.#channel === undefined) return;
    this.#post({ type: 'hello', look, term: this.#lead.term });
    this.#cancelTakeover ??= this.#options.platform.schedule(answerMs, () => {
      this.#cancelTakeover = undefined;
      this.#hold(true);
    });
  }

  #hasLeader(): void {
    this.#cancelTakeover?.();
    this.#cancelTakeover = undefined;
  }

  /** Ends the requests whose replies won't come any more. */
  #settle(reason: string): void {
    for (const resolve of this.#waiting.values()) resolve(offline(reason));
    this.#waiting.clear();
  }

  #enter(state: ConnectionState): void {
    // For a new leader the connection is its first, but this tab may have been connected before.
    const again = state === 'connecting' && (this.#state === 'online' || this.#state === 'reconnecting');
    const next = again ? 'reconnecting' : state;
    if (this.#state === next) return;
    this.#state = next;
    this.#options.onState(next);
  }
}

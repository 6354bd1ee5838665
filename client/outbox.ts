import type { Sent } from 'storm-chat-protocol/frames';
import type { Attachment } from 'storm-chat-protocol/media';
import { backoff } from './backoff.ts';
import type { Failure, Result } from './failures.ts';
import { timeOfId } from './ids.ts';
import type { Platform } from './platform.ts';

/** A message on its way. Its `id` stays the same however often it is sent, so that it arrives once. */
export interface Outgoing {
  readonly id: string;
  readonly conversationId: string;
  readonly text: string;
  readonly media?: readonly Attachment[];
  /** The `seq` of the message that it answers. */
  readonly replyTo?: number;
  readonly createdAt: string;
  /** The newest `seq` that was known when it was first sent. */
  readonly after?: number;
  /** Why it was refused for good; it waits for the person to try again or to discard it. */
  readonly failure?: Failure;
}

/** What a message may have besides its text. */
export type Extras = Pick<Outgoing, 'media' | 'replyTo'>;

/**
 * Where messages outlive the program. One entry each, so that the tabs of a browser don't overwrite each other's. It must not
 * reject: a store that can keep nothing costs messages at a reload, not now.
 */
export interface OutboxStore {
  all(): Promise<readonly Outgoing[]>;
  put(outgoing: Outgoing): Promise<void>;
  remove(id: string): Promise<void>;
}

export interface OutboxOptions {
  readonly store: OutboxStore;
  readonly platform: Platform;
  readonly newId: () => string;
  /** The newest `seq` known of a conversation. */
  readonly cursor: (conversationId: string) => number | undefined;
  readonly deliver: (outgoing: Outgoing) => Promise<Result<Sent>>;
  readonly onSent: (outgoing: Outgoing, sent: Sent) => void;
  readonly onChange: () => void;
  /** Whether it is this client that sends, of all those that share the store. */
  readonly leads: () => boolean;
  /** Tells those others. */
  readonly share: (note: OutboxNote) => void;
}

export type OutboxNote =
  | { readonly type: 'outgoing'; readonly outgoing: Outgoing }
  /** Sent or discarded. */
  | { readonly type: 'done'; readonly id: string };

/**
 * Sends what the person wrote: one message at a time per conversation, in order, again and again until it is answered. Clients
 * that share a store know the same entries, and one of them sends them all.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #entries = new Map<string, Outgoing>();
  readonly #sending = new Set<string>();

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** What isn't acknowledged yet, in the order of writing. */
  get entries(): readonly Outgoing[] {
    return [...this.#entries.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** A time (milliseconds since 1970) after that of all ids here. */
  get nextTime(): number {
    return Math.max(0, ...[...this.#entries.keys()].map(timeOfId)) + 1;
  }

  /** Takes up what others left in the store. */
  async load(): Promise<void> {
    for (const outgoing of await this.#options.store.all())
      if (!this.#entries.has(outgoing.id)) this.#entries.set(outgoing.id, outgoing);
    this.#options.onChange();
    this.flush();
  }

  /** Takes a message; it is shown and stored at once, and sent as soon as there is a connection. */
  async add(conversationId: string, text: string, extras: Extras = {}): Promise<void> {
    const { newId, platform } = this.#options;
    const createdAt = new Date(platform.now()).toISOString();
    // The server keeps texts in NFC: the own copy is the same.
    const outgoing = { id: newId(), conversationId, text: text.normalize('NFC'), createdAt };
    await this.#set({ ...outgoing, ...extras });
    await this.#pump(conversationId);
  }

  /** Tries a refused message again. */
  async retry(id: string): Promise<void> {
    const refused = this.#entries.get(id);
    if (refused?.failure === undefined) return;
    const { failure, after, ...content } = refused;
    // An id that the server can't judge, or that belongs to another text, is of no use any more.
    if (failure.code === 'stale' || failure.code === 'conflict') {
      await this.remove(id);
      await this.#set({ ...content, id: this.#options.newId() });
    } else await this.#set(after === undefined ? content : { ...content, after });
    await this.#pump(refused.conversationId);
  }

  async remove(id: string): Promise<void> {
    if (!this.#entries.delete(id)) return;
    this.#options.onChange();
    await this.#options.store.remove(id);
    this.#options.share({ type: 'done', id });
  }

  /** What another client did to the store. */
  hear(note: OutboxNote): void {
    if (note.type === 'done') this.#entries.delete(note.id);
    else this.#entries.set(note.outgoing.id, note.outgoing);
    this.#options.onChange();
    if (note.type === 'outgoing') void this.#pump(note.outgoing.conversationId);
  }

  async clear(): Promise<void> {
    await Promise.all([...this.#entries.keys()].map((id) => this.remove(id)));
  }

  /** There is a connection (again): sends what waits. */
  flush(): void {
    for (const id of new Set(this.entries.map(({ conversationId }) => conversationId))) void this.#pump(id);
  }

  async #pump(conversationId: string): Promise<void> {
    if (this.#sending.has(conversationId)) return;
    this.#sending.add(conversationId);
    let failures = 0;
    for (let next = this.#next(conversationId); next && this.#options.leads(); next = this.#next(conversationId)) {
      const failure = await this.#send(next);
      if (failure?.code === 'offline') break;
      if (failure?.temporary) {
        await this.#wait(Math.max(failure.retryAfterMs ?? 0, backoff(failures, this.#options.platform)));
        failures += 1;
      } else failures = 0;
    }
    this.#sending.delete(conversationId);
  }

  #next(conversationId: string): Outgoing | undefined {
    return this.entries.find((entry) => entry.conversationId === conversationId && entry.failure === undefined);
  }

  async #send(waiting: Outgoing): Promise<Failure | undefined> {
    // Also 0 is kept: what is known by the time of a repeat may be beyond the message itself.
    const after = waiting.after ?? this.#options.cursor(waiting.conversationId) ?? 0;
    const outgoing = { ...waiting, after };
    if (waiting.after === undefined) await this.#set(outgoing);
    const result = await this.#options.deliver(outgoing);
    // Discarded, or seen among the messages, while it was on its way.
    if (!this.#entries.has(outgoing.id)) return;
    if ('ok' in result) {
      this.#options.onSent(outgoing, result.ok);
      await this.remove(outgoing.id);
      return;
    }
    if (!result.error.temporary) await this.#set({ ...outgoing, failure: result.error });
    return result.error;
  }

  async #set(outgoing: Outgoing): Promise<void> {
    this.#entries.set(outgoing.id, outgoing);
    this.#options.onChange();
    await this.#options.store.put(outgoing);
    this.#options.share({ type: 'outgoing', outgoing });
  }

  #wait(delay: number): Promise<void> {
    return new Promise((resolve) => this.#options.platform.schedule(delay, resolve));
  }
}

/** Keeps messages in memory: they are lost when the program ends. */
export function memoryStore(): OutboxStore {
  const entries = new Map<string, Outgoing>();
  return {
    all: async () => [...entries.values()],
    put: async (outgoing) => void entries.set(outgoing.id, outgoing),
    remove: async (id) => void entries.delete(id),
  };
}

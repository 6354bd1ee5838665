import type { Sent } from 'storm-chat-protocol/frames';
import type { Attachment } from 'storm-chat-protocol/media';
import { backoff } from './backoff.ts';
import type { ConversationState } from './conversation.ts';
import type { Failure, Result } from './failures.ts';
import { timeOfId } from './ids.ts';
import type { Platform } from './platform.ts';
import { type Acknowledged, isKept, SentLog } from './sent-log.ts';

/** A message that the server hasn't acknowledged. It is sent under the same `id` every time, so that it is stored once. */
export interface Outgoing {
  readonly id: string;
  readonly conversationId: string;
  readonly text: string;
  readonly media?: readonly Attachment[];
  /** The `seq` of the message that it replies to. */
  readonly replyTo?: number;
  readonly createdAt: string;
  /** The newest `seq` that the client knew when it first sent the message. The server looks for a duplicate after it. */
  readonly after?: number;
  /** The epoch of the conversation to which `after` belongs, if it was known. */
  readonly epoch?: string;
  /** Why the server refused it for good. The person can retry or discard it. */
  readonly failure?: Failure;
  /** Only in the store: the server has acknowledged it, and it is kept for a while all the same. */
  readonly acknowledged?: Acknowledged;
}

/** What a message can have besides its text. */
export type Extras = Pick<Outgoing, 'media' | 'replyTo'>;

/**
 * Stores the unsent messages and those that were acknowledged lately, one entry each, so that the tabs of a browser don't overwrite each other's. Its promises must not
 * reject: a message that can't be stored is sent all the same, and only lost if the program ends before.
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
  readonly conversation: (id: string) => ConversationState | undefined;
  /** Whether the client has caught up since its start, so that it knows the epochs. */
  readonly isSynced: () => boolean;
  readonly deliver: (outgoing: Outgoing) => Promise<Result<Sent>>;
  readonly onSent: (outgoing: Outgoing, sent: Sent) => void;
  readonly onChange: () => void;
  /** Whether this client sends. Of the clients that share a store, one does. */
  readonly isLeader: () => boolean;
  /** Sends a note to the other clients that share the store. */
  readonly share: (note: OutboxNote) => void;
}

/** Tells the clients that share a store of a new, changed or removed entry. */
export type OutboxNote =
  | { readonly type: 'outgoing'; readonly outgoing: Outgoing }
  /** The message was sent or discarded. */
  | { readonly type: 'done'; readonly id: string };

/**
 * Sends the person's messages, in order and one at a time per conversation, and repeats each until the server answers. Clients that
 * share a store show the same entries, and one of them sends them.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #entries = new Map<string, Outgoing>();
  readonly #sending = new Set<string>();
  readonly #sent = new SentLog();

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** The messages that aren't acknowledged, in the order in which they were written. */
  get entries(): readonly Outgoing[] {
    return [...this.#entries.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** A time in milliseconds since 1970 that is later than those of all ids in the outbox. */
  get nextTime(): number {
    return Math.max(0, ...[...this.#entries.keys(), ...this.#sent.ids].map(timeOfId)) + 1;
  }

  /** Loads what is in the store and begins to send it. */
  async load(): Promise<void> {
    const { store, platform, onChange } = this.#options;
    for (const outgoing of await store.all()) {
      if (this.#entries.has(outgoing.id)) continue;
      if (!isKept(outgoing)) this.#entries.set(outgoing.id, outgoing);
      else for (const id of this.#sent.add(outgoing, platform.now())) await store.remove(id);
    }
    onChange();
    await this.offerAgain();
  }

  /** Adds a message. It is in `entries` at once, and resolves when the attempts to send it are over for now. */
  async add(conversationId: string, text: string, extras: Extras = {}): Promise<void> {
    const { newId, platform } = this.#options;
    const createdAt = new Date(platform.now()).toISOString();
    // The server stores texts in NFC, so the own copy must be in NFC, too.
    const outgoing = { id: newId(), conversationId, text: text.normalize('NFC'), createdAt };
    await this.#set({ ...outgoing, ...extras });
    await this.#pump(conversationId);
  }

  /** Sends a refused message again. */
  async retry(id: string): Promise<void> {
    const refused = this.#entries.get(id);
    if (refused?.failure === undefined) return;
    const { failure, after, ...content } = refused;
    // `stale`: the server can't tell whether this id was stored. `conflict`: it was, with another text. Both need a new id.
    if (failure.code === 'stale' || failure.code === 'conflict') {
      await this.remove(id);
      await this.#set({ ...content, id: this.#options.newId() });
    } else await this.#set(after === undefined ? content : { ...content, after });
    await this.#pump(refused.conversationId);
  }

  /** Must be called when the server has stored a message. It is kept for a while, because a restore may lose it again. */
  async acknowledge(id: string): Promise<void> {
    const outgoing = this.#entries.get(id);
    const epoch = outgoing && (this.#options.conversation(outgoing.conversationId)?.epoch ?? outgoing.epoch);
    if (!outgoing || epoch === undefined) return this.remove(id);
    const { store, platform, onChange, share } = this.#options;
    const { failure: _, ...content } = outgoing;
    const kept = { ...content, acknowledged: { epoch, at: platform.now() } };
    this.#entries.delete(id);
    onChange();
    const spent = this.#sent.add(kept, platform.now());
    await store.put(kept);
    for (const other of spent) await store.remove(other);
    share({ type: 'done', id });
  }

  /**
   * Must be called when the client has caught up. Sends what waits, and once more what was acknowledged in an earlier epoch. The ids are
   * the same, so what the server still has isn't doubled.
   */
  async offerAgain(): Promise<void> {
    const { conversation, isLeader, store } = this.#options;
    if (!isLeader()) return;
    for (const kept of this.#sent.takeLost((id) => conversation(id)?.epoch)) {
      const { acknowledged, ...outgoing } = kept;
      const state = conversation(outgoing.conversationId);
      if (state?.messages.some(({ clientId }) => clientId === outgoing.id)) {
        const still = { ...kept, acknowledged: { ...acknowledged, epoch: state.epoch } };
        this.#sent.add(still, acknowledged.at);
        await store.put(still);
      } else await this.#set(outgoing);
    }
    this.flush();
  }

  /** Must be called when the person has deleted a message, so that it isn't offered again. */
  async forget(id: string): Promise<void> {
    if (this.#sent.delete(id)) await this.#options.store.remove(id);
  }

  async remove(id: string): Promise<void> {
    if (!this.#entries.delete(id)) return;
    this.#options.onChange();
    await this.#options.store.remove(id);
    this.#options.share({ type: 'done', id });
  }

  /** Applies the note of another client. */
  hear(note: OutboxNote): void {
    if (note.type === 'done') this.#entries.delete(note.id);
    else this.#entries.set(note.outgoing.id, note.outgoing);
    this.#options.onChange();
    if (note.type === 'outgoing') void this.#pump(note.outgoing.conversationId);
  }

  /** Removes everything, also what isn't loaded yet. */
  async clear(): Promise<void> {
    const { store } = this.#options;
    await Promise.all([
      ...(await store.all()).map(({ id }) => store.remove(id)),
      ...this.#sent.ids.map((id) => this.forget(id)),
      ...[...this.#entries.keys()].map((id) => this.remove(id)),
    ]);
  }

  /** Sends all messages that wait. Called when there is a connection. */
  flush(): void {
    for (const id of new Set(this.entries.map(({ conversationId }) => conversationId))) void this.#pump(id);
  }

  async #pump(conversationId: string): Promise<void> {
    if (this.#sending.has(conversationId)) return;
    this.#sending.add(conversationId);
    let failures = 0;
    for (let next = this.#next(conversationId); next && this.#options.isLeader(); next = this.#next(conversationId)) {
      // It may have been sent in an earlier epoch. In which one the conversation is now, the next answer of `/sync` says.
      if (next.after !== undefined && !this.#options.isSynced()) break;
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
    const { lastSeq = 0, epoch = waiting.epoch } = this.#options.conversation(waiting.conversationId) ?? {};
    // A cursor of 0 is stored, too: a later one could be beyond the message itself, if it was stored but not acknowledged. In another
    // epoch the message may come at any number after this cursor.
    const moved = waiting.epoch !== undefined && waiting.epoch !== epoch;
    const after = moved ? Math.min(waiting.after ?? lastSeq, lastSeq) : (waiting.after ?? lastSeq);
    const outgoing = { ...waiting, after, ...(epoch !== undefined && { epoch }) };
    if (waiting.after === undefined || moved) await this.#set(outgoing);
    const result = await this.#options.deliver(outgoing);
    // During the request the message was discarded, or arrived as an event.
    if (!this.#entries.has(outgoing.id)) return;
    if ('ok' in result) {
      this.#options.onSent(outgoing, result.ok);
      await this.acknowledge(outgoing.id);
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

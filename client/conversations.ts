import type { Conversation } from '../protocol/conversations.ts';
import type { Event, Sync } from '../protocol/events.ts';
import { limits } from '../protocol/limits.ts';
import type { Api } from './api.ts';
import { backoff } from './backoff.ts';
import {
  activity,
  addHistory,
  apply,
  applySync,
  begin,
  type Change,
  type ConversationState,
  describe,
  type Message,
  read,
} from './conversation.ts';
import type { Result } from './failures.ts';
import type { Platform } from './platform.ts';

/** Frames may overtake each other: a gap is left this long before it is fetched. */
const gapMs = 500;

export interface ConversationsOptions {
  readonly api: Api;
  readonly platform: Platform;
  /** The signed-in person's id. */
  readonly me: string;
  readonly onChange: () => void;
  /** Once per message that is new here, live or caught up with. */
  readonly onMessage: (conversationId: string, message: Message) => void;
}

/** All conversations of the signed-in person, kept equal to the server's by live events and `/sync`. */
export class Conversations {
  readonly #options: ConversationsOptions;
  readonly #states = new Map<string, ConversationState>();
  /** Left out of the cursors of the next `/sync`, which then describes them afresh. */
  readonly #undescribed = new Set<string>();
  readonly #loading = new Set<string>();
  #complete = false;
  #closed = false;
  #syncing = false;
  #behind = false;
  #cancelGapTimer: (() => void) | undefined;

  constructor(options: ConversationsOptions) {
    this.#options = options;
  }

  /** Whether they were fetched at all. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Latest activity first. */
  get all(): readonly ConversationState[] {
    return [...this.#states.values()].sort((a, b) => (activity(a) < activity(b) ? 1 : -1));
  }

  get(id: string): ConversationState | undefined {
    return this.#states.get(id);
  }

  add(conversation: Conversation): void {
    const known = this.#states.get(conversation.id);
    this.#set(known ? describe(known, conversation) : begin(conversation));
  }

  close(): void {
    this.#closed = true;
    this.#cancelGapTimer?.();
  }

  receive(events: readonly Event[]): void {
    for (const event of events) {
      if (event.type === 'receipt') this.#receipt(event.conversationId, event.userId, event.read);
      else if (event.type === 'message' || event.type === 'member' || event.type === 'conversation') this.change(event);
    }
    this.#watchGaps();
  }

  change(event: Change): void {
    const state = this.#states.get(event.conversationId);
    if (state === undefined) {
      void this.catchUp();
      return;
    }
    this.#replace(state, apply(state, event, this.#options.me));
    if (event.type === 'member') this.#memberChanged(event);
  }

  /** Fetches what changed since the cursors; again and again until it is all there. */
  async catchUp(): Promise<void> {
    this.#behind = true;
    if (this.#syncing) return;
    this.#syncing = true;
    for (let failures = 0; this.#behind && !this.#closed; ) {
      this.#behind = false;
      const described = [...this.#undescribed];
      const result = await this.#options.api.sync(this.#cursors());
      if ('ok' in result) {
        for (const id of described) this.#undescribed.delete(id);
        this.#sync(result.ok);
        failures = 0;
      } else if (result.error.temporary) {
        this.#behind = true;
        await this.#wait(Math.max(result.error.retryAfterMs ?? 0, backoff(failures, this.#options.platform)));
        failures += 1;
      }
    }
    this.#syncing = false;
    this.#watchGaps();
  }

  /** Fetches the newest page of a conversation's history, then at every call the one before. */
  async loadHistory(id: string): Promise<Result<void>> {
    const before = this.#states.get(id);
    if (before === undefined || !before.hasOlder || this.#loading.has(id)) return { ok: undefined };
    this.#loading.add(id);
    const first = before.loaded ? before.messages[0]?.seq : undefined;
    const page = await this.#options.api.history(id, first);
    this.#loading.delete(id);
    if ('error' in page) return page;
    const now = this.#states.get(id);
    // A resync meanwhile began the conversation anew; this page need not join up with it.
    const joins = now?.loaded === before.loaded && (!now.loaded || now.messages[0]?.seq === first);
    if (now && joins) this.#set(addHistory(now, page.ok));
    return { ok: undefined };
  }

  /** Moves the read pointer to the end. False when it is there already. */
  markRead(id: string): boolean {
    const state = this.#states.get(id);
    if (!state || state.unread === 0) return false;
    this.#set(read(state, state.lastSeq, this.#options.me));
    return true;
  }

  #sync({ conversations, added, removed, more }: Sync): void {
    if (more) this.#behind = true;
    for (const synced of conversations) {
      const state = this.#states.get(synced.conversationId);
      if (state) this.#replace(state, applySync(state, synced, this.#options.me));
      if (synced.more) this.#behind = true;
      if (synced.events.some(({ type }) => type === 'member')) this.#describe(synced.conversationId);
    }
    for (const conversation of added) {
      const known = this.#states.get(conversation.id);
      if (known && known.lastSeq < conversation.lastSeq) this.#behind = true;
      this.add(conversation);
    }
    for (const id of removed) this.#states.delete(id);
    this.#complete = true;
    this.#options.onChange();
  }

  #memberChanged({ conversationId, userId, change }: Extract<Change, { type: 'member' }>): void {
    const goes = change === 'removed' || change === 'left';
    if (goes && userId === this.#options.me) {
      this.#states.delete(conversationId);
      this.#options.onChange();
    } else if (!goes) {
      this.#describe(conversationId);
      void this.catchUp();
    }
  }

  #describe(id: string): void {
    this.#undescribed.add(id);
    this.#behind = true;
  }

  #receipt(conversationId: string, userId: string, seq: number): void {
    const state = this.#states.get(conversationId);
    if (state && userId === this.#options.me) this.#set(read(state, seq, userId));
  }

  #replace(before: ConversationState, after: ConversationState): void {
    if (after === before) return;
    this.#set(after);
    for (const message of after.messages) {
      if (message.seq > before.lastSeq && message.seq <= after.lastSeq) this.#options.onMessage(after.id, message);
    }
  }

  #set(state: ConversationState): void {
    this.#states.set(state.id, state);
    this.#options.onChange();
  }

  #cursors(): Record<string, number> {
    const named = this.all.filter(({ id }) => !this.#undescribed.has(id)).slice(0, limits.syncCursors);
    return Object.fromEntries(named.map(({ id, lastSeq }) => [id, lastSeq]));
  }

  #watchGaps(): void {
    if (this.#cancelGapTimer || this.#closed || !this.#hasGap()) return;
    this.#cancelGapTimer = this.#options.platform.schedule(gapMs, () => {
      this.#cancelGapTimer = undefined;
      if (this.#hasGap()) void this.catchUp();
    });
  }

  #hasGap(): boolean {
    return [...this.#states.values()].some(({ ahead }) => ahead.length > 0);
  }

  #wait(delay: number): Promise<void> {
    return new Promise((resolve) => this.#options.platform.schedule(delay, resolve));
  }
}

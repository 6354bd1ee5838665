import { limits } from 'storm-chat-protocol/limits';
import type { SendReceipt } from 'storm-chat-protocol/receipts';
import type { ConversationState } from './conversation.ts';
import type { Result } from './failures.ts';
import type { Platform } from './platform.ts';

/** At most one receipt per conversation in this time. */
const restMs = 1000;

export interface ReceiptsOptions {
  readonly platform: Platform;
  readonly get: (conversationId: string) => ConversationState | undefined;
  /** The server knows now how far the person has read. */
  readonly onRead: (conversationId: string) => void;
  readonly send: (receipt: Omit<SendReceipt, 'action' | 'id'>) => Promise<Result<unknown>>;
}

/** Tells the server what has arrived here and what was read, until it has heard it. */
export class Receipts {
  readonly #options: ReceiptsOptions;
  /** What is to be told of which conversation. */
  readonly #due = new Map<string, SendReceipt['status']>();
  readonly #sentAt = new Map<string, number>();
  /** Conversations that a timer looks after. */
  readonly #scheduled = new Set<string>();

  constructor(options: ReceiptsOptions) {
    this.#options = options;
  }

  /** Messages have arrived. It waits a moment: they may be read at once, or more may come. */
  delivered(conversationId: string): void {
    const memberCount = this.#options.get(conversationId)?.memberCount ?? 0;
    if (memberCount > limits.receiptMembers || this.#due.has(conversationId)) return;
    this.#due.set(conversationId, 'delivered');
    this.#later(conversationId);
  }

  /** The read pointer has moved. */
  read(conversationId: string): void {
    this.#due.set(conversationId, 'read');
    const rested = this.#options.platform.now() - (this.#sentAt.get(conversationId) ?? 0) >= restMs;
    if (rested) void this.#send(conversationId);
    else this.#later(conversationId);
  }

  /** There is a connection (again). */
  flush(): void {
    for (const id of this.#due.keys()) void this.#send(id);
  }

  async #send(conversationId: string): Promise<void> {
    const state = this.#options.get(conversationId);
    const status = this.#due.get(conversationId);
    this.#due.delete(conversationId);
    if (!state || !status) return;
    const seq = status === 'read' ? state.readSeq : state.lastSeq;
    if (status === 'delivered' && seq <= state.readSeq) return;
    this.#sentAt.set(conversationId, this.#options.platform.now());
    const result = await this.#options.send({ conversationId, seq, status });
    if ('ok' in result && status === 'read') this.#options.onRead(conversationId);
    if ('ok' in result || !result.error.temporary) return;
    if (this.#due.get(conversationId) !== 'read') this.#due.set(conversationId, status);
    // Without a connection it waits for the next one.
    if (result.error.code !== 'offline') this.#later(conversationId, result.error.retryAfterMs);
  }

  #later(conversationId: string, atLeastMs = 0): void {
    if (this.#scheduled.has(conversationId)) return;
    this.#scheduled.add(conversationId);
    this.#options.platform.schedule(Math.max(restMs, atLeastMs), () => {
      this.#scheduled.delete(conversationId);
      void this.#send(conversationId);
    });
  }
}

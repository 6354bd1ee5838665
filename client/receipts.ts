import { limits } from 'storm-chat-protocol/limits';
import type { SendReceipt } from 'storm-chat-protocol/receipts';
import type { ConversationState } from './conversation.ts';
import type { Result } from './failures.ts';
import type { Platform } from './platform.ts';
import { timeSpan } from './time-span.ts';

/** At most one receipt is sent per conversation in this time. */
const intervalMs = 1000;

export interface ReceiptsOptions {
  readonly platform: Platform;
  readonly get: (conversationId: string) => ConversationState | undefined;
  /** Called when the server has taken a read pointer. */
  readonly onRead: (conversationId: string) => void;
  readonly send: (receipt: Omit<SendReceipt, 'action' | 'id'>) => Promise<Result<unknown>>;
}

/** Sends receipts for what this client received and the person read. It throttles them, and repeats them until they are taken. */
export class Receipts {
  readonly #options: ReceiptsOptions;
  /** The receipts to send, by conversation. */
  readonly #due = new Map<string, SendReceipt['status']>();
  /** By conversation: whether the time for its next receipt has come. */
  readonly #isDue = new Map<string, () => boolean>();
  /** The conversations for which a timer is set. */
  readonly #scheduled = new Set<string>();

  constructor(options: ReceiptsOptions) {
    this.#options = options;
  }

  /** Must be called when messages have arrived. The receipt waits: the messages may be read at once, or more may come. */
  delivered(conversationId: string): void {
    const memberCount = this.#options.get(conversationId)?.memberCount ?? 0;
    if (memberCount > limits.receiptMembers || this.#due.has(conversationId)) return;
    this.#due.set(conversationId, 'delivered');
    this.#later(conversationId);
  }

  /** Must be called when the read pointer has moved. */
  read(conversationId: string): void {
    this.#due.set(conversationId, 'read');
    if (this.#isDue.get(conversationId)?.() ?? true) void this.#send(conversationId);
    else this.#later(conversationId);
  }

  /** Sends all receipts that wait. Called when there is a connection. */
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
    this.#isDue.set(conversationId, timeSpan(this.#options.platform, intervalMs));
    const result = await this.#options.send({ conversationId, seq, status });
    if ('ok' in result && status === 'read') this.#options.onRead(conversationId);
    if ('ok' in result || !result.error.temporary) return;
    if (this.#due.get(conversationId) !== 'read') this.#due.set(conversationId, status);
    // Without a connection the receipt waits for `flush`.
    if (result.error.code !== 'offline') this.#later(conversationId, result.error.retryAfterMs);
  }

  #later(conversationId: string, atLeastMs = 0): void {
    if (this.#scheduled.has(conversationId)) return;
    this.#scheduled.add(conversationId);
    this.#options.platform.schedule(Math.max(intervalMs, atLeastMs), () => {
      this.#scheduled.delete(conversationId);
      void this.#send(conversationId);
    });
  }
}

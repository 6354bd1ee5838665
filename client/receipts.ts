import { limits } from 'storm-chat-protocol/limits';
import type { ReceiptReport } from 'storm-chat-protocol/receipts';
import type { ConversationState } from './conversation.ts';
import type { Result } from './failures.ts';
import type { Platform } from './platform.ts';
import { timeSpan } from './time-span.ts';

/** At most one frame of receipts is sent in this time. */
const intervalMs = 1000;
/** How long `delivered` waits. What is read meanwhile needs none. */
const deliveredAfterMs = 2000;

interface Due {
  readonly status: ReceiptReport['status'];
  /** Whether its time has come. */
  readonly isDue: () => boolean;
  /** It waits for a timer that may have been set for an earlier one. */
  readonly isYoung?: true;
}

export interface ReceiptsOptions {
  readonly platform: Platform;
  readonly get: (conversationId: string) => ConversationState | undefined;
  /** Called when the server has taken a read pointer, as far as this client can tell. */
  readonly onRead: (conversationId: string) => void;
  /** Sends some receipts, `limits.receiptsPerFrame` at most. The result is that of the first that failed. */
  readonly send: (receipts: ReceiptReport[]) => Promise<Result<unknown>>;
}

/**
 * Sends receipts for what this client received and the person read. It throttles them, sends those of several conversations together,
 * and repeats them until they are taken.
 */
export class Receipts {
  readonly #options: ReceiptsOptions;
  /** The receipts to send, by conversation. */
  readonly #due = new Map<string, Due>();
  /** The delays of the timers that are set. */
  readonly #timers = new Set<number>();
  /** Whether the time for the next frame has come. */
  #isNext = () => true;

  constructor(options: ReceiptsOptions) {
    this.#options = options;
  }

  /** Must be called when messages have arrived. The receipt waits: the messages may be read soon, or more may come. */
  delivered(conversationId: string): void {
    const memberCount = this.#options.get(conversationId)?.memberCount ?? 0;
    if (memberCount > limits.receiptMembers || this.#due.has(conversationId)) return;
    const isDue = timeSpan(this.#options.platform, deliveredAfterMs);
    this.#due.set(conversationId, { status: 'delivered', isDue, isYoung: true });
    this.#later(deliveredAfterMs);
  }

  /** Must be called when the read pointer has moved, and when the server's turns out to be behind. */
  read(conversationId: string): void {
    this.#due.set(conversationId, { status: 'read', isDue: () => true });
    if (this.#isNext()) this.#sendDue();
    else this.#later(intervalMs);
  }

  /** Sends all receipts that wait. Called when there is a connection. */
  flush(): void {
    this.#send([...this.#due.keys()]);
  }

  #sendDue(): void {
    this.#send([...this.#due].flatMap(([id, { isDue }]) => (isDue() ? id : [])));
    if ([...this.#due.values()].some(({ isYoung }) => isYoung)) this.#later(intervalMs);
  }

  #send(conversationIds: readonly string[]): void {
    const receipts = conversationIds.flatMap((conversationId) => this.#take(conversationId));
    for (let i = 0; i < receipts.length; i += limits.receiptsPerFrame)
      void this.#sendFrame(receipts.slice(i, i + limits.receiptsPerFrame));
  }

  #take(conversationId: string): ReceiptReport[] {
    const state = this.#options.get(conversationId);
    const status = this.#due.get(conversationId)?.status;
    this.#due.delete(conversationId);
    if (!state || !status) return [];
    const seq = status === 'read' ? state.readSeq : state.lastSeq;
    return status === 'delivered' && seq <= state.readSeq ? [] : [{ conversationId, seq, status }];
  }

  async #sendFrame(receipts: ReceiptReport[]): Promise<void> {
    this.#isNext = timeSpan(this.#options.platform, intervalMs);
    const result = await this.#options.send(receipts);
    if ('ok' in result) {
      for (const { conversationId, status } of receipts) if (status === 'read') this.#options.onRead(conversationId);
      return;
    }
    const { temporary, code, retryAfterMs = 0 } = result.error;
    if (!temporary) return;
    // Without a connection they wait for `flush`.
    const delayMs = code === 'offline' ? Number.POSITIVE_INFINITY : Math.max(intervalMs, retryAfterMs);
    const isDue = timeSpan(this.#options.platform, delayMs);
    for (const { conversationId, status } of receipts)
      if (this.#due.get(conversationId)?.status !== 'read') this.#due.set(conversationId, { status, isDue });
    if (code !== 'offline') this.#later(delayMs);
  }

  #later(delayMs: number): void {
    if (this.#timers.has(delayMs)) return;
    this.#timers.add(delayMs);
    this.#options.platform.schedule(delayMs, () => {
      this.#timers.delete(delayMs);
      this.#sendDue();
    });
  }
}

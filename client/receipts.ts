import { limits } from 'storm-chat-protocol/limits';
import type { ReceiptReport } from 'storm-chat-protocol/receipts';
import { backoff } from './backoff.ts';
import type { ConversationState } from './conversation.ts';
import type { Result } from './failures.ts';
import type { Platform } from './platform.ts';
import { timeSpan } from './time-span.ts';

/** At most one frame of receipts is sent in this time. */
const intervalMs = 1000;
/** How long `delivered` waits. What is read meanwhile needs none. */
const deliveredAfterMs = 2000;

interface Due {
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
  /** The receipts to send, by conversation. One may have both: what is newer than what was read was delivered all the same. */
  readonly #due: Readonly<Record<ReceiptReport['status'], Map<string, Due>>> = {
    read: new Map(),
    delivered: new Map(),
  };
  /** The delays of the timers that are set. */
  readonly #timers = new Set<number>();
  /** Whether the time for the next frame has come. */
  #isNext = () => true;
  /** How many frames in a row the server couldn't take. */
  #failures = 0;

  constructor(options: ReceiptsOptions) {
    this.#options = options;
  }

  /** Must be called when messages have arrived. The receipt waits: the messages may be read soon, or more may come. */
  delivered(conversationId: string): void {
    const memberCount = this.#options.get(conversationId)?.memberCount ?? 0;
    if (memberCount > limits.receiptMembers || this.#due.delivered.has(conversationId)) return;
    const isDue = timeSpan(this.#options.platform, deliveredAfterMs);
    this.#due.delivered.set(conversationId, { isDue, isYoung: true });
    this.#later(deliveredAfterMs);
  }

  /** Must be called when the read pointer has moved, and when the server's turns out to be behind. */
  read(conversationId: string): void {
    this.#due.read.set(conversationId, { isDue: () => true });
    // The server takes what is read as delivered.
    if (!this.#isUnread(conversationId)) this.#due.delivered.delete(conversationId);
    if (this.#isNext()) this.#sendDue();
    else this.#later(intervalMs);
  }

  /** Sends all receipts that wait. Called when there is a connection. */
  flush(): void {
    this.#send(() => true);
  }

  #sendDue(): void {
    this.#send(({ isDue }) => isDue());
    if ([...this.#due.delivered.values()].some(({ isYoung }) => isYoung)) this.#later(intervalMs);
  }

  #send(which: (due: Due) => boolean): void {
    const receipts = (['read', 'delivered'] as const).flatMap((status) =>
      [...this.#due[status]].flatMap(([id, due]) => (which(due) ? this.#take(id, status) : [])),
    );
    for (let i = 0; i < receipts.length; i += limits.receiptsPerFrame)
      void this.#sendFrame(receipts.slice(i, i + limits.receiptsPerFrame));
  }

  #take(conversationId: string, status: ReceiptReport['status']): ReceiptReport[] {
    const state = this.#options.get(conversationId);
    this.#due[status].delete(conversationId);
    if (!state || (status === 'delivered' && !this.#isUnread(conversationId))) return [];
    return [{ conversationId, seq: status === 'read' ? state.readSeq : state.lastSeq, status }];
  }

  /** Whether there are messages of others after what was read. */
  #isUnread(conversationId: string): boolean {
    return (this.#options.get(conversationId)?.unread ?? 0) > 0;
  }

  async #sendFrame(receipts: ReceiptReport[]): Promise<void> {
    this.#isNext = timeSpan(this.#options.platform, intervalMs);
    const result = await this.#options.send(receipts);
    if ('ok' in result) {
      this.#failures = 0;
      for (const { conversationId, status } of receipts) if (status === 'read') this.#options.onRead(conversationId);
      return;
    }
    const { temporary, code, retryAfterMs = 0 } = result.error;
    if (!temporary) return;
    // Without a connection they wait for `flush`.
    const pauseMs = Math.max(intervalMs, retryAfterMs, backoff(this.#failures, this.#options.platform));
    const delayMs = code === 'offline' ? Number.POSITIVE_INFINITY : pauseMs;
    if (code !== 'offline') this.#failures += 1;
    const isDue = timeSpan(this.#options.platform, delayMs);
    for (const { conversationId, status } of receipts)
      if (!this.#due.read.has(conversationId) || status === 'delivered')
        this.#due[status].set(conversationId, { isDue });
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

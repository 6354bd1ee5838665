import { limits } from 'storm-chat-protocol/limits';
import type { Platform } from './platform.ts';

/** Sends that the person is typing, no more often than the contract allows. */
export class TypingSender {
  readonly #platform: Platform;
  readonly #send: (conversationId: string, typing: boolean) => void;
  /** When it was last sent, by conversation. */
  readonly #sentAt = new Map<string, number>();

  constructor(platform: Platform, send: (conversationId: string, typing: boolean) => void) {
    this.#platform = platform;
    this.#send = send;
  }

  /** Must be called at every keystroke. */
  type(conversationId: string): void {
    const now = this.#platform.now();
    if (now - (this.#sentAt.get(conversationId) ?? 0) < limits.typingEverySeconds * 1000) return;
    this.#sentAt.set(conversationId, now);
    this.#send(conversationId, true);
  }

  /** The person stopped without sending. Nothing is sent if the others' clients have stopped showing it by themselves. */
  stop(conversationId: string): void {
    const sentAt = this.#sentAt.get(conversationId) ?? 0;
    if (!this.forget(conversationId)) return;
    if (this.#platform.now() - sentAt < limits.typingLapseSeconds * 1000) this.#send(conversationId, false);
  }

  /** The message was sent, which ends it for the others without a further frame. Returns whether the person was typing. */
  forget(conversationId: string): boolean {
    return this.#sentAt.delete(conversationId);
  }
}

/** Ends the typing of others when they don't repeat it in time. */
export class TypingTimeouts {
  readonly #platform: Platform;
  readonly #set: (conversationId: string, userId: string, typing: boolean) => void;
  readonly #timers = new Map<string, () => void>();

  constructor(platform: Platform, set: (conversationId: string, userId: string, typing: boolean) => void) {
    this.#platform = platform;
    this.#set = set;
  }

  hear(conversationId: string, userId: string, typing: boolean): void {
    const key = `${conversationId}:${userId}`;
    this.#timers.get(key)?.();
    this.#timers.delete(key);
    this.#set(conversationId, userId, typing);
    if (!typing) return;
    const lapse = () => this.hear(conversationId, userId, false);
    this.#timers.set(key, this.#platform.schedule(limits.typingLapseSeconds * 1000, lapse));
  }

  close(): void {
    for (const cancel of this.#timers.values()) cancel();
  }
}

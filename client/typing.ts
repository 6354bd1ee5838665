import { limits } from 'storm-chat-protocol/limits';
import type { Platform } from './platform.ts';

/** Says that the person is writing, as often as the contract allows. */
export class Typist {
  readonly #platform: Platform;
  readonly #send: (conversationId: string, typing: boolean) => void;
  /** When it was last said, by conversation. */
  readonly #saidAt = new Map<string, number>();

  constructor(platform: Platform, send: (conversationId: string, typing: boolean) => void) {
    this.#platform = platform;
    this.#send = send;
  }

  /** At every keystroke. */
  type(conversationId: string): void {
    const now = this.#platform.now();
    if (now - (this.#saidAt.get(conversationId) ?? 0) < limits.typingEverySeconds * 1000) return;
    this.#saidAt.set(conversationId, now);
    this.#send(conversationId, true);
  }

  /** The person gave it up. Nothing is sent where it has lapsed by itself. */
  stop(conversationId: string): void {
    const saidAt = this.#saidAt.get(conversationId) ?? 0;
    if (!this.forget(conversationId)) return;
    if (this.#platform.now() - saidAt < limits.typingLapseSeconds * 1000) this.#send(conversationId, false);
  }

  /** The message that was being written ends it for everyone. */
  forget(conversationId: string): boolean {
    return this.#saidAt.delete(conversationId);
  }
}

/** Forgets that others are typing when they don't say it again. */
export class Lapses {
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

import { limits } from '../protocol/limits.ts';
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

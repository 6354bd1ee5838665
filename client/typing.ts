import { limits } from 'storm-chat-protocol/limits';
import type { Platform } from './platform.ts';
import { timeSpan } from './time-span.ts';

/** Sends that the person is typing, no more often than the contract allows. */
export class TypingSender {
  readonly #platform: Platform;
  readonly #send: (conversationId: string, typing: boolean) => void;
  /** By conversation in which the person types: whether it has to be sent again, and whether others have stopped showing it. */
  readonly #sent = new Map<string, { readonly isDue: () => boolean; readonly isLapsed: () => boolean }>();

  constructor(platform: Platform, send: (conversationId: string, typing: boolean) => void) {
    this.#platform = platform;
    this.#send = send;
  }

  /** Must be called at every keystroke. */
  type(conversationId: string): void {
    const sent = this.#sent.get(conversationId);
    if (sent && !sent.isDue()) return;
    this.#sent.set(conversationId, {
      isDue: timeSpan(this.#platform, limits.typingEverySeconds * 1000),
      isLapsed: timeSpan(this.#platform, limits.typingLapseSeconds * 1000),
    });
    this.#send(conversationId, true);
  }

  /** The person stopped without sending. Nothing is sent if the others' clients have stopped showing it by themselves. */
  stop(conversationId: string): void {
    const sent = this.#sent.get(conversationId);
    this.#sent.delete(conversationId);
    if (sent && !sent.isLapsed()) this.#send(conversationId, false);
  }

  /** The message was sent, which ends it for the others without a further frame. */
  forget(conversationId: string): void {
    this.#sent.delete(conversationId);
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

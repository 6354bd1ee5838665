import type { Code } from 'storm-chat-protocol/failures';
import type { RejectReason } from 'storm-chat-protocol/media';

/**
 * Why an operation failed. Besides the server's codes there are `offline`, if the server couldn't be reached or the connection ended
 * before its answer, and three of uploads: `unsupported_type`, `rejected`, if the server looked at the file and didn't take it (`reason` says
 * why), and `cancelled` by the caller.
 */
export interface Failure {
  readonly code: Code | 'offline' | 'unsupported_type' | 'rejected' | 'cancelled';
  /** A text for developers. A page shows its own texts to people, by `code`. */
  readonly message: string;
  /** Whether the same operation may succeed later. */
  readonly temporary: boolean;
  readonly retryAfterMs?: number;
  /** With `rejected`: what is wrong with the file. */
  readonly reason?: RejectReason;
}

export type Result<T> = { readonly ok: T } | { readonly error: Failure };

export function fail(code: Failure['code'], message: string): { error: Failure } {
  return { error: { code, message, temporary: false } };
}

export function offline(message: string): { error: Failure } {
  return { error: { code: 'offline', message, temporary: true } };
}

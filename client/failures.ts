import type { Code } from 'storm-chat-protocol/failures';

/**
 * What went wrong, as a value. `offline`: the server was not reached, or the connection ended before an answer. Of uploads:
 * `unsupported_type`; `rejected`: the file was not what it was said to be; `cancelled` by the caller.
 */
export interface Failure {
  readonly code: Code | 'offline' | 'unsupported_type' | 'rejected' | 'cancelled';
  /** For developers; show people words of your own. */
  readonly message: string;
  /** Whether the same request may succeed later. */
  readonly temporary: boolean;
  readonly retryAfterMs?: number;
}

export type Result<T> = { readonly ok: T } | { readonly error: Failure };

export function fail(code: Failure['code'], message: string): { error: Failure } {
  return { error: { code, message, temporary: false } };
}

export function offline(message: string): { error: Failure } {
  return { error: { code: 'offline', message, temporary: true } };
}

import type { Code } from '../protocol/failures.ts';

/** What went wrong, as a value. `offline`: the server was not reached, or the connection ended before an answer. */
export interface Failure {
  readonly code: Code | 'offline';
  /** For developers; show people words of your own. */
  readonly message: string;
  /** Whether the same request may succeed later. */
  readonly temporary: boolean;
  readonly retryAfterMs?: number;
}

export type Result<T> = { readonly ok: T } | { readonly error: Failure };

export function offline(message: string): { error: Failure } {
  return { error: { code: 'offline', message, temporary: true } };
}

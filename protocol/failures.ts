/**
 * The error codes of the contract, with their HTTP status and default message. They are stable, and the same over HTTP and
 * WebSocket. `temporary` says whether the same request may succeed later.
 */
export const codes = {
  bad_request: { status: 400, temporary: false, message: 'The request is not valid.' },
  too_large: { status: 413, temporary: false, message: 'The request is too large.' },
  unsupported_encoding: { status: 415, temporary: false, message: 'Send the body without a Content-Encoding.' },
  unauthorized: { status: 401, temporary: false, message: 'A valid access token is needed.' },
  bad_credentials: { status: 401, temporary: false, message: 'The login or the password is wrong.' },
  token_reused: { status: 401, temporary: false, message: 'This refresh token was used before; log in again.' },
  forbidden: { status: 403, temporary: false, message: 'This is not allowed.' },
  not_found: { status: 404, temporary: false, message: 'There is no such thing here.' },
  conflict: { status: 409, temporary: false, message: 'This contradicts what is already there.' },
  stale: { status: 409, temporary: false, message: 'This id is too old to be judged; nothing was written.' },
  username_taken: { status: 409, temporary: false, message: 'This username is taken.' },
  registration_failed: { status: 409, temporary: false, message: 'The account could not be made with these details.' },
  invalid_token: { status: 400, temporary: false, message: 'This token is not valid, or not any more.' },
  confirmation_required: { status: 403, temporary: false, message: 'Confirm the password first (POST /auth/confirm).' },
  weak_password: { status: 400, temporary: false, message: 'This password is too easy to guess.' },
  rate_limited: { status: 429, temporary: true, message: 'Too many requests; try again later.' },
  too_many_attempts: { status: 429, temporary: true, message: 'Too many attempts; try again later.' },
  unavailable: { status: 503, temporary: true, message: 'The service is busy; try again.' },
  maintenance: { status: 503, temporary: true, message: 'The service is shut for maintenance; try again later.' },
  internal: { status: 500, temporary: true, message: 'Something went wrong on our side; try again.' },
} as const satisfies Record<string, { status: number; temporary: boolean; message: string }>;

export type Code = keyof typeof codes;

/** An expected failure as a value. It becomes the `error` of a WebSocket reply, or a problem document over HTTP. */
export interface Failure {
  readonly code: Code;
  readonly message: string;
  /** Whether the same request may succeed later. */
  readonly temporary: boolean;
  readonly retryAfterMs?: number;
}

/** The result of an operation. It has the shape of a WebSocket reply. */
export type Result<T> = { readonly ok: T } | { readonly error: Failure };

/**
 * Makes a failed `Result`. `message` is for developers; it must contain no secret and nothing that another person wrote.
 * `retryAfterMs` is in milliseconds.
 */
export function fail(code: Code, message: string = codes[code].message, retryAfterMs?: number): { error: Failure } {
  const { temporary } = codes[code];
  return { error: { code, message, temporary, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) } };
}

/** Returns the HTTP status of a code. */
export function statusOf(code: Code): number {
  return codes[code].status;
}

import type { Failure } from '../../client/index.ts';

const words: Partial<Record<Failure['code'], string>> = {
  offline: 'The server can’t be reached. Check your connection and try again.',
  bad_request: 'Something in there isn’t valid. Please check it.',
  too_large: 'That is too long.',
  unauthorized: 'You were signed out. Please log in again.',
  bad_credentials: 'The name or the password is wrong.',
  token_reused: 'For your safety you were signed out. Please log in again.',
  forbidden: 'You aren’t allowed to do that.',
  not_found: 'That doesn’t exist any more.',
  stale: 'It couldn’t be told whether this was sent before.',
  username_taken: 'This username is taken. Try another one.',
  registration_failed: 'An account can’t be made with these details. If you have one already, log in.',
  weak_password: 'This password is too easy to guess. Choose another one.',
  rate_limited: 'That was a bit fast. Please wait a moment.',
  too_many_attempts: 'Too many attempts. Please wait a while, then try again.',
};

/** A failure in words for the person in front of the page. */
export function inWords({ code, retryAfterMs }: Failure): string {
  if (code === 'too_many_attempts' && retryAfterMs) {
    const minutes = Math.ceil(retryAfterMs / 60_000);
    return `Too many attempts. Please try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`;
  }
  return words[code] ?? 'Something went wrong on our side. Please try again.';
}

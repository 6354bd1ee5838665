import { texts } from './texts.ts';

const ours = 'Something went wrong on our side. Please try again.';

/** Why something failed, by the code of the failure where a text needs nothing else. */
export const words = texts('failures', {
  offline: 'The server can’t be reached. Check your connection and try again.',
  bad_request: 'Something in there isn’t valid. Please check it.',
  too_large: 'That is too long.',
  unsupported_encoding: ours,
  unauthorized: 'You were signed out. Please log in again.',
  bad_credentials: 'The name or the password is wrong.',
  token_reused: 'For your safety you were signed out. Please log in again.',
  forbidden: 'You aren’t allowed to do that.',
  not_found: 'That doesn’t exist any more.',
  conflict: 'That isn’t possible any more.',
  stale: 'It couldn’t be told whether this was sent before.',
  username_taken: 'This username is taken. Try another one.',
  registration_failed: 'An account can’t be made with these details. If you have one already, log in.',
  invalid_token: 'This link isn’t valid any more. Ask for a new one.',
  confirmation_required: 'Please confirm with your password first.',
  weak_password: 'This password is too easy to guess. Choose another one.',
  unavailable: ours,
  internal: ours,
  unsupported_type: 'This isn’t a kind of file that can be sent.',
  rejected: 'This file is damaged, or isn’t what its name says.',
  cancelled: 'This was cancelled.',
  rateLimited: (wait: string) => `That was a bit fast. Please try again in ${wait}.`,
  tooManyAttempts: (wait: string) => `Too many attempts. Please try again in ${wait}.`,
  restored: 'The service was restored from a backup. Please log in again.',
  maintenance: (wait: string) => `We are working on the service. Please try again in ${wait}.`,
});

import type { Failure } from '#client/index.ts';
import { limits } from '#protocol/limits.ts';

const ours = 'Something went wrong on our side. Please try again.';

const messages: Readonly<
  Record<Exclude<Failure['code'], 'rate_limited' | 'too_many_attempts' | 'maintenance'>, string>
> = {
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
};

/** A failure in words for the person who uses the page. */
export function failureMessage({ code, retryAfterMs }: Failure): string {
  switch (code) {
    case 'rate_limited':
      return `That was a bit fast. Please try again in ${wait(retryAfterMs)}.`;
    case 'too_many_attempts':
      return `Too many attempts. Please try again in ${wait(retryAfterMs)}.`;
    case 'maintenance':
      return retryAfterMs === undefined
        ? 'The service was restored from a backup. Please log in again.'
        : `We are working on the service. Please try again in ${wait(retryAfterMs)}.`;
    default:
      // A code that only a newer server knows has no message here.
      return messages[code] ?? ours;
  }
}

/** The same for the failure of an upload, where some codes have another meaning. */
export function uploadFailureMessage(failure: Failure): string {
  switch (failure.code) {
    case 'unsupported_type':
      return 'This isn’t a kind of file that can be sent. Choose a picture (JPEG, PNG, GIF, WebP, AVIF), a video (MP4, MOV, WebM) or a recording (M4A, OGG, WebM).';
    case 'too_large':
      return `This file is too large. Pictures may have ${megabytes(limits.mediaBytes.image)}, videos ${megabytes(limits.mediaBytes.video)}, recordings ${megabytes(limits.mediaBytes.audio)}.`;
    case 'rejected':
      return rejected(failure.reason);
    case 'rate_limited':
      return `That was as much as you can upload for now. Please try again in ${wait(failure.retryAfterMs)}.`;
    default:
      return failureMessage(failure);
  }
}

/** What is wrong with a file. A reason that only a newer server knows has no message here. */
function rejected(reason: Failure['reason']): string {
  switch (reason) {
    case 'other_type':
      return 'This file isn’t the kind of file that its name says.';
    case 'too_many_pixels':
      return `This picture is too large. It may have ${limits.sourcePixels / 1e6} megapixels, in all its frames together.`;
    case 'unsupported':
      return 'Files of this kind can’t be sent. Save it as a JPEG, a PNG, an MP4 or an M4A, and try again.';
    case 'too_slow':
      return 'This file has too many parts to be checked. Save it anew, and try again.';
    default:
      return 'This file is damaged. It may not have been saved or downloaded completely.';
  }
}

function megabytes(bytes: number): string {
  return `${bytes / 1024 ** 2} MB`;
}

function wait(ms = 60_000): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds <= 1) return 'a second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return minutes === 1 ? 'a minute' : `${minutes} minutes`;
  const hours = Math.ceil(minutes / 60);
  return hours === 1 ? 'an hour' : `${hours} hours`;
}

import type { Failure } from '#client/index.ts';
import { formatWait } from '#web/ui/units.ts';
import { words } from '#web/words/failures.ts';

/** A failure in words for the person who uses the page. */
export function failureMessage({ code, retryAfterMs }: Failure): string {
  switch (code) {
    case 'rate_limited':
      return words.rateLimited(formatWait(retryAfterMs));
    case 'too_many_attempts':
      return words.tooManyAttempts(formatWait(retryAfterMs));
    case 'maintenance':
      return retryAfterMs === undefined ? words.restored : words.maintenance(formatWait(retryAfterMs));
    default:
      // A code that only a newer server knows has no message here.
      return words[code] ?? words.internal;
  }
}

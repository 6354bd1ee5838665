import type { Failure } from '#client/index.ts';
import { limits } from '#protocol/limits.ts';
import { formatMegabytes, formatWait } from '#web/ui/units.ts';
import { words } from '#web/words/uploads.ts';
import { failureMessage } from './failure-messages.ts';

/** The failure of an upload in words, where some codes have another meaning than elsewhere. */
export function uploadFailureMessage(failure: Failure): string {
  const { image, video, audio } = limits.mediaBytes;
  switch (failure.code) {
    case 'unsupported_type':
      return words.unsupportedType;
    case 'too_large':
      return words.tooLarge(formatMegabytes(image), formatMegabytes(video), formatMegabytes(audio));
    case 'rejected':
      return rejected(failure.reason);
    case 'rate_limited':
      return words.rateLimited(formatWait(failure.retryAfterMs));
    default:
      return failureMessage(failure);
  }
}

/** What is wrong with a file. A reason that only a newer server knows has no message here. */
function rejected(reason: Failure['reason']): string {
  switch (reason) {
    case 'other_type':
      return words.otherType;
    case 'too_many_pixels':
      return words.tooManyPixels(limits.sourcePixels / 1e6);
    case 'unsupported':
      return words.unsupported;
    case 'too_slow':
      return words.tooSlow;
    default:
      return words.damaged;
  }
}

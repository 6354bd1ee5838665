import type { Failure } from '#client/index.ts';
import { limits } from '#protocol/limits.ts';
import { uploadFailureMessage } from '#web/app/upload-failure-messages.ts';
import { words } from '#web/words/uploads.ts';

/** Why a file could not be uploaded, and a button to try again if that may help. */
export function UploadFailure({ failure, onRetry }: { failure: Failure | 'too_many'; onRetry: () => void }) {
  return (
    <span class="failure" role="alert">
      {failure === 'too_many' ? words.tooMany(limits.mediaPerMessage) : uploadFailureMessage(failure)}{' '}
      {failure !== 'too_many' && failure.temporary && (
        <button type="button" class="link" onClick={onRetry}>
          {words.retry}
        </button>
      )}
    </span>
  );
}

import { useRef, useState } from 'preact/hooks';
import type { Chat, Result } from '#client/index.ts';
import { mediaTypes } from '#protocol/media-types.ts';
import { uploadFailureMessage } from '#web/app/upload-failure-messages.ts';
import { words } from '#web/words/people-picker.ts';

const accept = Object.entries(mediaTypes).flatMap(([type, kind]) => (kind === 'image' ? type : []));

interface AvatarPickerProps {
  readonly chat: Chat;
  /** Makes the uploaded picture the avatar. */
  readonly onUpload: (avatarMediaId: string) => Promise<Result<unknown>>;
}

/** Uploads a picture to be the avatar of the person or of a group. */
export function AvatarPicker({ chat, onUpload }: AvatarPickerProps) {
  const input = useRef<HTMLInputElement>(null);
  const [isBusy, setBusy] = useState(false);
  const [message, setMessage] = useState('');
  async function choose(file: File | undefined) {
    if (!file) return;
    setBusy(true);
    const uploaded = await chat.media.uploadAvatar(file);
    const result = 'ok' in uploaded ? await onUpload(uploaded.ok.id) : uploaded;
    setBusy(false);
    setMessage('error' in result ? uploadFailureMessage(result.error) : '');
  }
  return (
    <div class="actions">
      <input
        ref={input}
        type="file"
        accept={accept.join()}
        hidden
        aria-label={words.picture}
        onChange={({ currentTarget }) => void choose(currentTarget.files?.[0])}
      />
      <button type="button" disabled={isBusy} onClick={() => input.current?.click()}>
        {isBusy ? words.uploading : words.choosePicture}
      </button>
      <p class="failure" role="alert">
        {message}
      </p>
    </div>
  );
}

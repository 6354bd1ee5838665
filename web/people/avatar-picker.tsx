import { useRef, useState } from 'preact/hooks';
import type { Chat, Result } from '#client/index.ts';
import { mediaTypes } from '#protocol/media-types.ts';
import { uploadInWords } from '#web/app/failure-messages.ts';

const accept = Object.entries(mediaTypes).flatMap(([type, kind]) => (kind === 'image' ? type : []));

interface ChoiceProps {
  readonly chat: Chat;
  /** Takes the picture that was uploaded. */
  readonly take: (avatarMediaId: string) => Promise<Result<unknown>>;
}

/** Chooses a picture of oneself, or of a group. */
export function AvatarChoice({ chat, take }: ChoiceProps) {
  const input = useRef<HTMLInputElement>(null);
  const [isBusy, setBusy] = useState(false);
  const [words, setWords] = useState('');
  async function choose(file: File | undefined) {
    if (!file) return;
    setBusy(true);
    const uploaded = await chat.media.uploadAvatar(file);
    const result = 'ok' in uploaded ? await take(uploaded.ok.id) : uploaded;
    setBusy(false);
    setWords('error' in result ? uploadInWords(result.error) : '');
  }
  return (
    <div class="doings">
      <input
        ref={input}
        type="file"
        accept={accept.join()}
        hidden
        aria-label="Picture"
        onChange={({ currentTarget }) => void choose(currentTarget.files?.[0])}
      />
      <button type="button" disabled={isBusy} onClick={() => input.current?.click()}>
        {isBusy ? 'Uploading…' : 'Choose a picture'}
      </button>
      <p class="failure" role="alert">
        {words}
      </p>
    </div>
  );
}

import { useRef } from 'preact/hooks';
import { mediaTypes } from '#protocol/media-types.ts';
import { IconButton } from '#web/ui/icon-button.tsx';
import { AttachIcon } from '#web/ui/icons.tsx';
import { words } from '#web/words/composer.ts';
import type { Attachments } from './attachments.ts';

const accept = Object.keys(mediaTypes).join();

/** Opens the browser's dialog to choose files. */
export function AttachButton({ attachments }: { attachments: Attachments }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        accept={accept}
        multiple
        hidden
        aria-label={words.filesToAttach}
        onChange={({ currentTarget }) => {
          attachments.add(currentTarget.files ?? []);
          // Without this a file that was removed couldn't be chosen again: the input wouldn't see a change.
          currentTarget.value = '';
        }}
      />
      <IconButton label={words.attach} onClick={() => input.current?.click()}>
        <AttachIcon />
      </IconButton>
    </>
  );
}

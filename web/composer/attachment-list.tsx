import { useRef } from 'preact/hooks';
import { mediaTypes } from '#protocol/media-types.ts';
import { IconButton } from '#web/ui/icon-button.tsx';
import { AttachIcon, CloseIcon } from '#web/ui/icons.tsx';
import { lazy } from '#web/ui/lazy.tsx';
import { words } from '#web/words/composer.ts';
import type { AttachedFile, Attachments } from './attachments.ts';

const UploadFailure = lazy(async () => (await import('./upload-failure.tsx')).UploadFailure);

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

/** The files of the next message, with the progress of their uploads. */
export function AttachmentList({ attachments }: { attachments: Attachments }) {
  if (attachments.files.length === 0) return null;
  return (
    <ul class="attachments" aria-label={words.attachedFiles}>
      {attachments.files.map((attached) => (
        <Item key={attached.previewUrl} attached={attached} attachments={attachments} />
      ))}
    </ul>
  );
}

function Item({ attached, attachments }: { attached: AttachedFile; attachments: Attachments }) {
  const { file, kind, previewUrl, progress } = attached;
  const { value } = progress;
  return (
    <li class={`attachment ${value.step}`}>
      {kind === 'image' ? <img src={previewUrl} alt="" /> : <span class="video" aria-hidden="true" />}
      <span class="names">
        <strong dir="auto">{file.name}</strong>
        {value.step === 'uploading' && <UploadProgress fraction={value.fraction} name={file.name} />}
        {value.step === 'ready' && <small>{words.ready}</small>}
        {value.step === 'failed' && (
          <UploadFailure failure={value.failure} onRetry={() => attachments.retry(attached)} />
        )}
      </span>
      <IconButton
        label={value.step === 'uploading' ? words.cancelFile(file.name) : words.removeFile(file.name)}
        onClick={() => attachments.remove(attached)}
      >
        <CloseIcon />
      </IconButton>
    </li>
  );
}

/** Without a value, a progress bar is indeterminate: so it is while the server inspects the uploaded file. */
function UploadProgress({ fraction, name }: { fraction: number; name: string }) {
  const known = fraction < 1 ? { value: fraction } : {};
  return <progress max={1} {...known} aria-label={words.uploading(name)} />;
}

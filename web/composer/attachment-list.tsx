import { useRef } from 'preact/hooks';
import { mediaTypes } from '#protocol/media-types.ts';
import { AttachIcon, CloseIcon } from '#web/ui/icons.tsx';
import type { AttachedFile, Attachments } from './attachments.ts';

const accept = Object.keys(mediaTypes).join();

/** Chooses files. */
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
        aria-label="Files to attach"
        onChange={({ currentTarget }) => {
          attachments.add(currentTarget.files ?? []);
          // The same file may be chosen again.
          currentTarget.value = '';
        }}
      />
      <button
        type="button"
        class="quiet round"
        aria-label="Attach pictures or films"
        title="Attach pictures or films"
        onClick={() => input.current?.click()}
      >
        <AttachIcon />
      </button>
    </>
  );
}

/** The files that go with the next message, and how far they have got. */
export function AttachmentList({ attachments }: { attachments: Attachments }) {
  if (attachments.files.length === 0) return null;
  return (
    <ul class="attachments" aria-label="Attached files">
      {attachments.files.map((attached) => (
        <Item key={attached.address} attached={attached} attachments={attachments} />
      ))}
    </ul>
  );
}

function Item({ attached, attachments }: { attached: AttachedFile; attachments: Attachments }) {
  const { file, isImage, address, progress } = attached;
  const { value } = progress;
  return (
    <li class={`attachment ${value.step}`}>
      {isImage ? <img src={address} alt="" /> : <span class="film" aria-hidden="true" />}
      <span class="names">
        <strong>{file.name}</strong>
        {value.step === 'uploading' && <UploadProgress fraction={value.fraction} name={file.name} />}
        {value.step === 'ready' && <small>Ready to send</small>}
        {value.step === 'failed' && (
          <span class="failure" role="alert">
            {value.words}{' '}
            {value.mayRetry && (
              <button type="button" class="link" onClick={() => attachments.retry(attached)}>
                Try again
              </button>
            )}
          </span>
        )}
      </span>
      <button
        type="button"
        class="quiet round"
        aria-label={`${value.step === 'uploading' ? 'Cancel' : 'Remove'} ${file.name}`}
        onClick={() => attachments.remove(attached)}
      >
        <CloseIcon />
      </button>
    </li>
  );
}

/** Once all of it is there it is looked at, for a time that nobody knows. */
function UploadProgress({ fraction, name }: { fraction: number; name: string }) {
  const known = fraction < 1 ? { value: fraction } : {};
  return <progress max={1} {...known} aria-label={`Uploading ${name}`} />;
}

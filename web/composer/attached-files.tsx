import { useEffect, useState } from 'preact/hooks';
import { limits } from '#protocol/limits.ts';
import { uploadFailureMessage } from '#web/app/upload-failure-messages.ts';
import { IconButton } from '#web/ui/icon-button.tsx';
import { CloseIcon, MicrophoneIcon, PendingIcon, PlayIcon } from '#web/ui/icons.tsx';
import { words } from '#web/words/attached-files.ts';
import { words as whys } from '#web/words/uploads.ts';
import type { AttachedFile, Attachments } from './attachments.ts';
import type { Draft } from './drafts.ts';
import { thumbnailOf } from './film-thumbnail.ts';
import '#web/styles/attached-files.css';

/** The files of the messages that are sent as soon as these are uploaded, and those of the next one, above the text field. */
export function AttachedFiles({ draft, isEdit }: { draft: Draft; isEdit: boolean }) {
  return (
    <div class="attached-files">
      {draft.uploading.value.map(({ id, text, attachments }) => (
        <section key={id} class="uploading" aria-label={words.sending}>
          <p>
            <PendingIcon /> {words.waiting}
          </p>
          {text !== '' && <p dir="auto">{text}</p>}
          <Files attachments={attachments} />
        </section>
      ))}
      {!isEdit && <Files attachments={draft.attachments.value} />}
    </div>
  );
}

function Files({ attachments }: { attachments: Attachments }) {
  const { files } = attachments;
  if (files.length === 0) return null;
  return (
    <>
      <ul class="attachments" aria-label={words.attachedFiles}>
        {files.map((attached) => (
          <Tile key={attached.id} attached={attached} onRemove={() => attachments.remove(attached)} />
        ))}
      </ul>
      {files.map((attached) => (
        <Failed key={attached.id} attached={attached} onRetry={() => attachments.retry(attached)} />
      ))}
    </>
  );
}

function Tile({ attached, onRemove }: { attached: AttachedFile; onRemove: () => void }) {
  const { file, progress } = attached;
  const { value } = progress;
  return (
    <li class={`attachment ${value.step}`} title={file.name}>
      <Preview attached={attached} />
      <span class="sr-only">{file.name}</span>
      {value.step === 'uploading' && <Ring fraction={value.fraction} name={file.name} />}
      {value.step === 'ready' && <span class="sr-only">{words.ready}</span>}
      {value.step === 'failed' && (
        <span class="mark" aria-hidden="true">
          !
        </span>
      )}
      <IconButton
        label={value.step === 'uploading' ? words.cancelFile(file.name) : words.removeFile(file.name)}
        onClick={onRemove}
      >
        <CloseIcon />
      </IconButton>
    </li>
  );
}

function Preview({ attached: { kind, file, previewUrl } }: { attached: AttachedFile }) {
  switch (kind) {
    case 'image':
      return <img src={previewUrl} alt="" />;
    case 'video':
      return <FilmPreview film={file} />;
    case 'audio':
      return <MicrophoneIcon />;
    default:
      return kind satisfies never;
  }
}

/** What others will see of the film before they play it. */
function FilmPreview({ film }: { film: File }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    let shown: string | undefined;
    let isGone = false;
    void thumbnailOf(film).then((thumbnail) => {
      if (!thumbnail || isGone) return;
      shown = URL.createObjectURL(thumbnail);
      setUrl(shown);
    });
    return () => {
      isGone = true;
      if (shown !== undefined) URL.revokeObjectURL(shown);
    };
  }, [film]);
  return (
    <>
      {url !== undefined && <img src={url} alt="" />}
      <PlayIcon />
    </>
  );
}

/** How much of a file is uploaded. While the server looks at it, nobody knows how long that takes: the ring turns. */
function Ring({ fraction, name }: { fraction: number; name: string }) {
  const isKnown = fraction < 1;
  const shown = isKnown ? Math.max(0.03, fraction) : 0.25;
  return (
    <svg
      class={isKnown ? 'ring' : 'ring turning'}
      viewBox="0 0 40 40"
      role="progressbar"
      aria-label={words.uploading(name)}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(isKnown && { 'aria-valuenow': Math.round(100 * fraction) })}
    >
      <circle cx="20" cy="20" r="17" />
      <circle class="done" cx="20" cy="20" r="17" pathLength={1} stroke-dasharray={`${shown} 1`} />
    </svg>
  );
}

/** Says why a file can't be sent. */
function Failed({ attached: { file, progress }, onRetry }: { attached: AttachedFile; onRetry: () => void }) {
  const { value } = progress;
  if (value.step !== 'failed') return null;
  const { failure } = value;
  return (
    <p class="failure" role="alert">
      <bdi>{file.name}</bdi>:{' '}
      {failure === 'too_many' ? whys.tooMany(limits.mediaPerMessage) : uploadFailureMessage(failure)}{' '}
      {failure !== 'too_many' && failure.temporary && (
        <button type="button" class="link" onClick={onRetry}>
          {whys.retry}
        </button>
      )}
    </p>
  );
}

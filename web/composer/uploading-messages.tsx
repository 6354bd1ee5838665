import { words } from '#web/words/composer.ts';
import { AttachmentList } from './attachment-list.tsx';
import type { Draft } from './drafts.ts';

/** The messages that are sent as soon as their files are uploaded, above the field. */
export function UploadingMessages({ draft: { uploading } }: { draft: Draft }) {
  return (
    <>
      {uploading.value.map(({ id, text, attachments }) => (
        <section key={id} class="uploading" aria-label={words.sending}>
          {text !== '' && <p dir="auto">{text}</p>}
          <AttachmentList attachments={attachments} />
        </section>
      ))}
    </>
  );
}

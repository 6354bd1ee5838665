import { type Signal, signal } from '@preact/signals';
import type { Chat } from '#client/index.ts';
import { limits } from '#protocol/limits.ts';
import type { Attachment } from '#protocol/media.ts';
import { kindOf, type MediaKind, plainMediaType } from '#protocol/media-types.ts';
import { uploadFailureMessage } from '#web/app/failure-messages.ts';

export type Progress =
  | { readonly step: 'uploading'; readonly fraction: number }
  | { readonly step: 'ready'; readonly attachment: Attachment }
  | { readonly step: 'failed'; readonly message: string; readonly canRetry: boolean };

/** A file of the next message, and how far its upload is. */
export interface AttachedFile {
  readonly file: File;
  readonly kind: MediaKind;
  /** Of a recording, if the browser could decode it. */
  readonly waveform: string | undefined;
  /** A `blob:` URL of the file. */
  readonly previewUrl: string;
  readonly progress: Signal<Progress>;
  abort: AbortController;
}

export interface Attachments {
  readonly files: readonly AttachedFile[];
  add(files: Iterable<File>, waveform?: string): void;
  retry(file: AttachedFile): void;
  remove(file: AttachedFile): void;
  /** The uploaded files. Undefined as long as one of them isn't `ready`: the message can't be sent then. */
  ready(): Attachment[] | undefined;
  clear(): void;
}

/**
 * The files of the message that is being written. An upload starts as soon as a file is chosen, pasted or dropped on the page.
 */
export function createAttachments({ media }: Pick<Chat, 'media'>, conversationId: string): Attachments {
  const files = signal<readonly AttachedFile[]>([]);

  async function upload({ file, waveform, progress, abort: { signal } }: AttachedFile): Promise<void> {
    const onProgress = (fraction: number) => {
      progress.value = { step: 'uploading', fraction };
    };
    onProgress(0);
    const result = await media.upload(conversationId, file, { onProgress, signal, waveform });
    progress.value =
      'ok' in result
        ? { step: 'ready', attachment: result.ok }
        : { step: 'failed', message: uploadFailureMessage(result.error), canRetry: result.error.temporary };
  }

  function drop(file: AttachedFile): void {
    file.abort.abort();
    URL.revokeObjectURL(file.previewUrl);
  }

  return {
    get files() {
      return files.value;
    },
    add(added, waveform) {
      for (const file of added) {
        const attached = attachedFile(file, waveform);
        const isOneTooMany = files.value.length >= limits.mediaPerMessage;
        files.value = [...files.value, attached];
        if (isOneTooMany) {
          const message = `A message can have ${limits.mediaPerMessage} files.`;
          attached.progress.value = { step: 'failed', message, canRetry: false };
        } else void upload(attached);
      }
    },
    retry(file) {
      file.abort = new AbortController();
      void upload(file);
    },
    remove(file) {
      drop(file);
      files.value = files.value.filter((other) => other !== file);
    },
    ready() {
      const steps = files.value.map(({ progress }) => progress.value);
      const ready = steps.flatMap((one) => (one.step === 'ready' ? one.attachment : []));
      return ready.length === steps.length ? ready : undefined;
    },
    clear() {
      for (const file of files.peek()) drop(file);
      files.value = [];
    },
  };
}

function attachedFile(file: File, waveform: string | undefined): AttachedFile {
  return {
    file,
    kind: kindOf(plainMediaType(file.type)),
    waveform,
    previewUrl: URL.createObjectURL(file),
    progress: signal<Progress>({ step: 'uploading', fraction: 0 }),
    abort: new AbortController(),
  };
}

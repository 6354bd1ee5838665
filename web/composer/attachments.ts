import { type Signal, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Chat } from '#client/index.ts';
import { limits } from '#protocol/limits.ts';
import type { Attachment } from '#protocol/media.ts';
import { isMediaType, mediaTypes } from '#protocol/media-types.ts';
import { uploadInWords } from '#web/app/failure-messages.ts';

export type Progress =
  | { readonly step: 'uploading'; readonly fraction: number }
  | { readonly step: 'ready'; readonly attachment: Attachment }
  | { readonly step: 'failed'; readonly words: string; readonly mayRetry: boolean };

/** A file that will be part of the next message. */
export interface AttachedFile {
  readonly file: File;
  readonly isImage: boolean;
  /** Shows the file from memory. */
  readonly address: string;
  readonly progress: Signal<Progress>;
  abort: AbortController;
}

export interface Attachments {
  readonly files: readonly AttachedFile[];
  add(files: Iterable<File>): void;
  retry(file: AttachedFile): void;
  remove(file: AttachedFile): void;
  /** What may be sent; undefined while something isn't there yet. */
  ready(): Attachment[] | undefined;
  clear(): void;
}

/** The files of the message that is being written. They are uploaded as soon as they are chosen, pasted or dropped on the page. */
export function createAttachments({ media }: Pick<Chat, 'media'>, conversationId: string): Attachments {
  const files = signal<readonly AttachedFile[]>([]);

  async function upload({ file, progress, abort: { signal } }: AttachedFile): Promise<void> {
    const onProgress = (fraction: number) => {
      progress.value = { step: 'uploading', fraction };
    };
    onProgress(0);
    const result = await media.upload(conversationId, file, { onProgress, signal });
    progress.value =
      'ok' in result
        ? { step: 'ready', attachment: result.ok }
        : { step: 'failed', words: uploadInWords(result.error), mayRetry: result.error.temporary };
  }

  function drop(file: AttachedFile): void {
    file.abort.abort();
    URL.revokeObjectURL(file.address);
  }

  return {
    get files() {
      return files.value;
    },
    add(added) {
      for (const file of added) {
        const attached = attachedFile(file);
        const isOneTooMany = files.value.length >= limits.mediaPerMessage;
        files.value = [...files.value, attached];
        if (isOneTooMany) {
          const words = `A message can have ${limits.mediaPerMessage} files.`;
          attached.progress.value = { step: 'failed', words, mayRetry: false };
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

function attachedFile(file: File): AttachedFile {
  return {
    file,
    isImage: isMediaType(file.type) && mediaTypes[file.type] === 'image',
    address: URL.createObjectURL(file),
    progress: signal<Progress>({ step: 'uploading', fraction: 0 }),
    abort: new AbortController(),
  };
}

/** Takes files that are dropped anywhere on the page, which the browser would open in its place. */
export function useDrop({ add }: Attachments): void {
  useEffect(() => onDrop(add), [add]);
}

function onDrop(add: Attachments['add']): () => void {
  const over = (event: DragEvent) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
  };
  const drop = (event: DragEvent) => {
    over(event);
    add(event.dataTransfer?.files ?? []);
  };
  document.addEventListener('dragover', over);
  document.addEventListener('drop', drop);
  return () => {
    document.removeEventListener('dragover', over);
    document.removeEventListener('drop', drop);
  };
}

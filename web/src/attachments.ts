import { type Signal, signal, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { limits } from '../../protocol/limits.ts';
import type { Attachment } from '../../protocol/media.ts';
import { isMediaType, mediaTypes } from '../../protocol/media-types.ts';
import { type Talk, useTalk } from './talk.ts';
import { uploadInWords } from './words.ts';

export type Progress =
  | { readonly step: 'uploading'; readonly fraction: number }
  | { readonly step: 'ready'; readonly attachment: Attachment }
  | { readonly step: 'failed'; readonly words: string; readonly mayRetry: boolean };

/** A file that will be part of the next message. */
export interface Draft {
  readonly file: File;
  readonly isImage: boolean;
  /** Shows the file from memory. */
  readonly address: string;
  readonly progress: Signal<Progress>;
  abort: AbortController;
}

export interface Attachments {
  readonly drafts: readonly Draft[];
  add(files: Iterable<File>): void;
  retry(draft: Draft): void;
  remove(draft: Draft): void;
  /** What may be sent; undefined while something isn't there yet. */
  ready(): Attachment[] | undefined;
  clear(): void;
}

/** The files of the message that is being written. They are uploaded as soon as they are chosen, pasted or dropped on the page. */
export function useAttachments(): Attachments {
  const { session, conversation } = useTalk();
  const drafts = useSignal<readonly Draft[]>([]);
  const attachments = useMemo(
    () => createAttachments(session.chat, conversation.id, drafts),
    [session.chat, conversation.id, drafts],
  );
  useEffect(() => attachments.clear, [attachments]);
  useEffect(() => onDrop(attachments.add), [attachments]);
  return attachments;
}

function createAttachments(
  { media }: Talk['session']['chat'],
  conversationId: string,
  drafts: Signal<readonly Draft[]>,
): Attachments {
  async function upload({ file, progress, abort: { signal } }: Draft): Promise<void> {
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

  function drop(draft: Draft): void {
    draft.abort.abort();
    URL.revokeObjectURL(draft.address);
  }

  return {
    get drafts() {
      return drafts.value;
    },
    add(files) {
      for (const file of files) {
        const draft = draftOf(file);
        const isOneTooMany = drafts.value.length >= limits.mediaPerMessage;
        drafts.value = [...drafts.value, draft];
        if (isOneTooMany) {
          const words = `A message can have ${limits.mediaPerMessage} files.`;
          draft.progress.value = { step: 'failed', words, mayRetry: false };
        } else void upload(draft);
      }
    },
    retry(draft) {
      draft.abort = new AbortController();
      void upload(draft);
    },
    remove(draft) {
      drop(draft);
      drafts.value = drafts.value.filter((other) => other !== draft);
    },
    ready() {
      const steps = drafts.value.map(({ progress }) => progress.value);
      const ready = steps.flatMap((one) => (one.step === 'ready' ? one.attachment : []));
      return ready.length === steps.length ? ready : undefined;
    },
    clear() {
      for (const draft of drafts.peek()) drop(draft);
      drafts.value = [];
    },
  };
}

function draftOf(file: File): Draft {
  return {
    file,
    isImage: isMediaType(file.type) && mediaTypes[file.type] === 'image',
    address: URL.createObjectURL(file),
    progress: signal<Progress>({ step: 'uploading', fraction: 0 }),
    abort: new AbortController(),
  };
}

/** Takes files that are dropped anywhere on the page, which the browser would open in its place. */
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

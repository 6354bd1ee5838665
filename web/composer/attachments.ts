import { type Signal, signal } from '@preact/signals';
import type { Chat, Failure } from '#client/index.ts';
import { limits } from '#protocol/limits.ts';
import type { Attachment } from '#protocol/media.ts';
import { kindOf, type MediaKind, plainMediaType } from '#protocol/media-types.ts';
import type { Session } from '#web/session/session.ts';
import { fileStore } from './file-store.ts';
import { localId } from './local-id.ts';

export type Progress =
  | { readonly step: 'uploading'; readonly fraction: number }
  | { readonly step: 'ready'; readonly attachment: Attachment }
  | { readonly step: 'failed'; readonly failure: Failure | 'too_many' };

/** A file of the next message, and how far its upload is. */
export interface AttachedFile {
  readonly id: string;
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
  /** Whether each file is uploaded, or is on its way. */
  canBeSent(): boolean;
  /** Loads the files that were attached before a reload, and uploads those that weren't uploaded. */
  restore(): Promise<void>;
  clear(): void;
}

/**
 * The files of the message that is being written. An upload starts as soon as a file is chosen, pasted or dropped on the page. They survive
 * a reload.
 */
export function createAttachments(
  { chat: { media }, user }: { readonly chat: Pick<Chat, 'media'>; readonly user: Pick<Session['user'], 'id'> },
  conversationId: string,
): Attachments {
  const files = signal<readonly AttachedFile[]>([]);

  function store({ id, file, waveform }: AttachedFile, attachment?: Attachment): Promise<void> {
    return fileStore.put({ id, userId: user.id, conversationId, file, waveform, attachment });
  }

  async function upload(attached: AttachedFile): Promise<void> {
    const { file, waveform, progress } = attached;
    const { signal } = attached.abort;
    const onProgress = (fraction: number) => {
      progress.value = { step: 'uploading', fraction };
    };
    onProgress(0);
    const result = await media.upload(conversationId, file, { onProgress, signal, waveform });
    if (signal.aborted) return;
    if ('ok' in result) void store(attached, result.ok);
    progress.value =
      'ok' in result ? { step: 'ready', attachment: result.ok } : { step: 'failed', failure: result.error };
  }

  function drop(file: AttachedFile): void {
    file.abort.abort();
    void fileStore.remove(file.id);
    URL.revokeObjectURL(file.previewUrl);
  }

  return {
    get files() {
      return files.value;
    },
    add(added, waveform) {
      for (const file of added) {
        const attached = attachedFile(localId(), file, waveform);
        const isOneTooMany = files.value.length >= limits.mediaPerMessage;
        files.value = [...files.value, attached];
        if (isOneTooMany) {
          attached.progress.value = { step: 'failed', failure: 'too_many' };
        } else {
          void store(attached);
          void upload(attached);
        }
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
    canBeSent: () => files.value.every(({ progress }) => progress.value.step !== 'failed'),
    async restore() {
      for (const { id, file, waveform, attachment } of await fileStore.all(user.id, conversationId)) {
        if (files.peek().some((known) => known.id === id)) continue;
        const attached = attachedFile(id, file, waveform);
        files.value = [...files.peek(), attached];
        if (attachment) attached.progress.value = { step: 'ready', attachment };
        else void upload(attached);
      }
    },
    clear() {
      for (const file of files.peek()) drop(file);
      files.value = [];
    },
  };
}

function attachedFile(id: string, file: File, waveform: string | undefined): AttachedFile {
  return {
    id,
    file,
    kind: kindOf(plainMediaType(file.type)),
    waveform,
    previewUrl: URL.createObjectURL(file),
    progress: signal<Progress>({ step: 'uploading', fraction: 0 }),
    abort: new AbortController(),
  };
}
